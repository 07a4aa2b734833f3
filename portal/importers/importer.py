"""`Importer`: what can be imported, written as a class that reads like its own description."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from portal.importers.columns import Column


class OnDuplicate(StrEnum):
    """What to do with a row whose key is in the table already."""

    SKIP = "skip"
    UPDATE = "update"
    FAIL = "fail"


@dataclass(frozen=True)
class Definition:
    """All that the portal knows of one importer, gathered from its class."""

    slug: str
    title: str
    description: str
    table: str
    key: tuple[str, ...]
    on_duplicate: OnDuplicate
    null_values: tuple[str, ...]
    columns: dict[str, Column]
    sample: str

    @property
    def required_columns(self) -> list[Column]:
        """Columns that a file must have, since a row without them can't go in."""
        return [column for column in self.columns.values() if self.requires(column)]

    def requires(self, column: Column) -> bool:
        """Whether each row needs a value in `column`: it says so, or is part of the key, and has no default."""
        return (column.required or column.name in self.key) and column.default is None

    def missing_values(self, column: Column) -> tuple[str, ...]:
        """The texts that mean "missing" in `column`, beside the empty one."""
        return self.null_values if column.null_values is None else tuple(column.null_values)


class Importer:
    """Parent of all importers. A subclass names its table and lists its columns:

        class Airlines(Importer, table="airlines", key="carrier", on_duplicate="update"):
            carrier = Text(required=True, maximum=3)
            name = Text(required=True)

    The settings stand in the class line, so that any name is free for a column:

    - `table`: the table to write to.
    - `key`: the column or columns that make a row unique; without one, every row is inserted.
    - `on_duplicate`: `skip`, `update` or `fail` where the key is in the table already.
    - `null_values`: texts that mean "missing" in every column.
    - `slug`: its name in addresses; by default the class name in lower case with hyphens.
    - `title`: its name for people; by default the class name. The docstring is its description.
    - `sample`: the path of a small file to try it with.

    Raises TypeError when the class contradicts itself, with what is wrong.
    """

    definition: ClassVar[Definition]

    def __init_subclass__(
        cls,
        *,
        table: str,
        key: str | Sequence[str] = (),
        on_duplicate: str = OnDuplicate.FAIL,
        null_values: Sequence[str] = (),
        slug: str = "",
        title: str = "",
        sample: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        cls.definition = Definition(
            slug=slug or _slug(cls.__name__),
            title=title or cls.__name__,
            description=(cls.__doc__ or "").strip(),
            table=table,
            key=(key,) if isinstance(key, str) else tuple(key),
            on_duplicate=OnDuplicate(on_duplicate),
            null_values=tuple(null_values),
            columns={name: value for name, value in vars(cls).items() if isinstance(value, Column)},
            sample=sample,
        )
        if problems := _problems(cls.definition):
            raise TypeError(f"{cls.__name__}: " + " ".join(problems))


def _problems(definition: Definition) -> list[str]:
    columns = definition.columns
    found = [] if columns else ["It has no columns."]
    found += [f"Its key names {name}, which isn't a column." for name in definition.key if name not in columns]
    seen: dict[str, str] = {}
    for column in columns.values():
        for header in column.headers:
            other = seen.setdefault(header.casefold(), column.name)
            if other != column.name:
                found.append(f"The header {header} leads to two columns, {other} and {column.name}.")
    return found


def _slug(class_name: str) -> str:
    parts = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in class_name)
    return parts.strip("-")
