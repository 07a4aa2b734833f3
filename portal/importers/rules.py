"""Rules across the columns of a row."""

from __future__ import annotations

from collections.abc import Sequence

from portal.importers.transforms import Condition, inputs_of


class Rule:
    """Every row must fulfil `condition`, or it fails with `message`. An attribute of the importer, whose name becomes
    the rule's:

        ends_last = Rule(Value("ends") >= Value("starts"), "The end lies before the start.", fix="Swap the days.")

    The condition sees typed values, with defaults in place of missing ones. Where the outcome is null, since a value is
    missing, the rule counts as fulfilled, as a CHECK of a database does. A row is not judged where one of the columns
    has failed by itself. `fields` are the columns that are named with the failure, by default those of the condition.
    """

    def __init__(self, condition: Condition, message: str, *, fields: Sequence[str] = (), fix: str = "") -> None:
        self.condition, self.message, self.fix = condition, message, fix
        self.fields = tuple(fields) or inputs_of(condition)
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return str(self.condition)
