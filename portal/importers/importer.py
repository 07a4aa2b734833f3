"""`Importer`: what can be imported, written as a class that reads like its own description."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from portal.importers.columns import Column
from portal.importers.headers import plain

NOT_IN_PATTERNS = re.compile(r"\(\?<?[=!]|\(\?P=|(?<!\\)(?:\\\\)*\\[1-9]")
"""What Python's regular expressions have and Polars' don't (https://docs.rs/regex/latest/regex/#syntax)."""


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
            on_duplicate=_strategy(cls.__name__, on_duplicate),
            null_values=tuple(null_values),
            columns=_columns(cls),
            sample=sample,
        )
        if problems := _problems(cls.definition):
            raise TypeError(f"{cls.__name__}: " + " ".join(problems))


def _columns(cls: type) -> dict[str, Column]:
    """The columns of the class and of its parents, the parents' first."""
    found = {name: value for parent in reversed(cls.__mro__) for name, value in vars(parent).items()}
    return {name: value for name, value in found.items() if isinstance(value, Column)}


def _strategy(name: str, on_duplicate: str) -> OnDuplicate:
    if on_duplicate not in set(OnDuplicate):
        raise TypeError(f"{name}: on_duplicate must be skip, update or fail, not {on_duplicate!r}.")
    return OnDuplicate(on_duplicate)


def _problems(definition: Definition) -> list[str]:
    columns = definition.columns
    found = [] if columns else ["It has no columns."]
    found += [f"Its key names {name}, which isn't a column." for name in definition.key if name not in columns]
    if definition.on_duplicate != OnDuplicate.FAIL and not definition.key:
        found.append(f"Without a key nothing tells which rows to {definition.on_duplicate}.")
    seen: dict[str, str] = {}
    for column in columns.values():
        found += _problems_of(column)
        for header in column.headers:
            other = seen.setdefault(plain(header), column.name)
            if other != column.name:
                found.append(f"The header {header} leads to two columns, {other} and {column.name}.")
    return found


def _problems_of(column: Column) -> list[str]:
    found = []
    if column.name.startswith("_"):
        found.append(f"{column.name} can't be a column: names that begin with _ are the portal's own.")
    if column.pattern is not None:
        try:
            re.compile(column.pattern)
        except re.error as error:
            found.append(f"The pattern of {column.name} is no regular expression: {error}.")
        if NOT_IN_PATTERNS.search(column.pattern):
            found.append(f"The pattern of {column.name} looks around or back, which patterns here can't.")
    return found


def _slug(class_name: str) -> str:
    parts = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in class_name)
    return parts.strip("-")
