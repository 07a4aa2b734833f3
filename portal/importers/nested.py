"""Columns whose cell holds several values: a list, or rows of another table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from portal.importers.columns import Column, Text

if TYPE_CHECKING:
    from portal.importers.importer import Definition


@dataclass(kw_only=True)
class Nested(Column):
    """Parent of both kinds. `refers_to` are the columns of the row's table that the rows of the other table refer to,
    by default the importer's key. With `replace`, what the other table has of a row that is updated becomes what the
    cell says, nothing where it is empty; without, it is only added to."""

    refers_to: str | Sequence[str] = ()
    replace: bool = True
    minimum: int | None = None
    maximum: int | None = None

    @property
    def definition(self) -> Definition:
        """What each of the values within a cell must be, and the table that they go to."""
        raise NotImplementedError

    def references(self, key: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The columns of the other table that refer to a row, and those of the row's table that they refer to. `key` is
        that of the importer."""
        refers_to = _several(self.refers_to) or tuple(key)
        return _several(self._link) or refers_to, refers_to

    @property
    def _link(self) -> str | Sequence[str]:
        raise NotImplementedError


@dataclass(kw_only=True)
class Many(Nested):
    """A list such as `red, green`: each entry is linked to the row by a row of the table `through`.

    The value is a list. Entries are trimmed; empty and repeated ones are left out. Each must be what `each` takes, and
    be found by `lookup`. `minimum` and `maximum` limit their number.

    `through` has a column `other` with the entry or what its look-up returns, by default called like this column, and a
    column `own` that refers to the row, by default called like what it refers to.
    """

    type_name = "list"
    separator: str = ","
    each: Column = field(default_factory=Text)
    through: str = ""
    own: str | Sequence[str] = ()
    other: str = ""

    @cached_property
    def definition(self) -> Definition:
        """What each entry must be: its one column is `entry`.

        Raises TypeError when `each` contradicts itself.
        """
        from portal.importers.importer import Importer  # which knows this kind of column itself

        lookup = self.lookup and self.lookup.of(self.name)
        each = replace(self.each, lookup=lookup or self.each.lookup)
        made = type("Entry", (Importer,), {"entry": each}, table=self.through)
        return cast("type[Importer]", made).definition

    @property
    def wants(self) -> str:  # type: ignore[override]  # here it depends on the entries
        return f"a list with “{self.separator}” between the entries, each of them {self.each.wants}"

    @property
    def rules(self) -> list[str]:
        """As of any column, and what each entry must be."""
        return [*super().rules, *(f"each {rule}" for rule in self.each.rules)]

    @property
    def _link(self) -> str | Sequence[str]:
        return self.own


@dataclass(kw_only=True)
class Children(Nested):
    """A JSON array of objects, each a row of `table`; its column `link` refers to the row that it belongs to, and is by
    default called like what it refers to.

    `columns` is a class with the columns of these rows, as for a `Group`. The value is a list of structs with a field
    for each of them. One row that fails fails the whole, since a child can't go in alone. `minimum` and `maximum` limit
    their number.
    """

    type_name = "rows"
    wants = "a list of rows in JSON"
    columns: type[Any]
    table: str
    link: str | Sequence[str] = ()

    @cached_property
    def definition(self) -> Definition:
        """What each of the rows must be.

        Raises TypeError when `columns` contradicts itself.
        """
        from portal.importers.importer import Importer  # which knows this kind of column itself

        made = type(self.columns.__name__, (self.columns, Importer), {}, table=self.table)
        return cast("type[Importer]", made).definition

    @property
    def _link(self) -> str | Sequence[str]:
        return self.link


def _several(names: str | Sequence[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)
