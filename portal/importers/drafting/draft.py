"""A draft of an importer: what its class will say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from portal.importers import Column, Format
from portal.importers.headers import plain
from portal.importers.importer import slug_of


@dataclass(frozen=True)
class ColumnDraft:
    """One column: `settings` are its keyword arguments in order; `comment` is what its author should look at."""

    name: str
    kind: type[Column]
    settings: dict[str, Any]
    comment: str = ""

    @property
    def needs_a_value(self) -> bool:
        """Whether no row goes in without it."""
        return bool(self.settings.get("required"))

    def with_settings(self, **settings: Any) -> ColumnDraft:
        """The same with further settings in place of its own; None takes one away."""
        merged = self.settings | settings
        return replace(self, settings={name: merged[name] for name in ORDER if merged.get(name) is not None})

    def commented(self, *sentences: str) -> ColumnDraft:
        """The same with `sentences` added to its comment."""
        return replace(self, comment=" ".join(filter(None, (self.comment, *sentences))))


ORDER = ("header", "required", "choices", "maximum", "places", "formats", "locale", "lookup", "default")
"""The settings that a draft can have, in the order in which they are written."""


@dataclass(frozen=True)
class Draft:
    """An importer to be. `table_exists` tells whether its table is there; `left_out` are sentences on columns of the
    table and headers of the file that it can't or needn't have."""

    class_name: str
    table: str
    table_exists: bool
    columns: tuple[ColumnDraft, ...]
    key: tuple[str, ...] = ()
    null_values: tuple[str, ...] = ()
    database: str = ""
    format: Format | None = None
    left_out: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        """The importer's name in addresses, which is made from that of its class."""
        return slug_of(self.class_name)


def header_for(name: str, header: str) -> dict[str, str]:
    """The setting that leads `header` to the column `name`, if it takes one."""
    return {} if header == name else {"header": header}


def same_header(one: str, other: str) -> bool:
    """Whether a file's header and another header or column's name lead to the same column."""
    return plain(one) == plain(other)
