"""Look-ups: a column whose values must be found in another table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from portal.importers.values import Expression, names_in, renamed


@dataclass(frozen=True)
class Lookup:
    """The value must be found in `column` of `table` (by default the column of the same name).

    With `returns`, what is written is not the value but what the row that was found has in that column, such as its id.
    With `create_missing`, a value that isn't found is added to the table: a row with the value, and with what `create`
    says of its other columns, either constants or expressions with `Value` of other columns of the importer. Where
    several rows bring one new value, the first of them that is written gives the rest.
    """

    table: str
    column: str | None = None
    returns: str | None = None
    create_missing: bool = False
    create: Mapping[str, object] = field(default_factory=dict, compare=False)

    @property
    def changes(self) -> bool:
        """Whether there is more to do than to see that the value is there."""
        return self.create_missing or self.returns is not None

    @property
    def inputs(self) -> tuple[str, ...]:
        """The columns of the importer whose values a row that is made needs."""
        return tuple(dict.fromkeys(name for made in self.create.values() for name in names_in(made)))

    def rule(self, name: str) -> str:
        """What it asks of the column `name`, in words."""
        found = f"found in {self.table}.{self.column or name}"
        added = ", added there if missing" if self.create_missing else ""
        return found + added + (f", written as its {self.returns}" if self.returns else "")

    def of(self, name: str) -> Lookup:
        """The same with the name of its column written out, which is by default that of the column `name`."""
        return replace(self, column=self.column or name)

    def renamed(self, rename: Callable[[str], str]) -> Lookup:
        """The same where the importer's columns have other names."""
        made = {
            name: renamed(value, rename) if isinstance(value, Expression) else value
            for name, value in self.create.items()
        }
        return replace(self, create=made)
