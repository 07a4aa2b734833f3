"""Which failed rows of a run a retry takes: all of them, those with certain numbers, or those that failed alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, select

from portal.lifecycle import RowStatus
from portal.runs.models import IngestErrorGroup, IngestRow, IngestRowError

Selected = TypeVar("Selected", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True)
class Choice:
    """The failed rows with the numbers `rows`, or those of the error group with the key `error`; without both, all."""

    rows: tuple[int, ...] = ()
    error: str = ""

    @property
    def is_all(self) -> bool:
        return not self.rows and not self.error

    @property
    def number(self) -> ColumnElement[int]:
        """The column to read the rows in order by: the failures of a group lie beside each other, its rows don't."""
        return (IngestRowError.row_number if self.error else IngestRow.row_number).expression

    def among_failed(self, query: Selected, run_id: int) -> Selected:
        """`query` of rows, narrowed to the chosen ones of those that failed in the run `run_id`."""
        query = query.where(IngestRow.run_id == run_id, IngestRow.status == RowStatus.FAILED)
        if self.rows:
            query = query.where(IngestRow.row_number.in_(self.rows))
        if self.error:
            group = select(IngestErrorGroup.id).where(
                IngestErrorGroup.run_id == run_id, IngestErrorGroup.key == self.error
            )
            query = query.join(IngestRowError, IngestRowError.row_number == IngestRow.row_number)
            query = query.where(IngestRowError.group_id == group.scalar_subquery())
        return query

    def to_json(self) -> dict[str, Any] | None:
        """As a run keeps it."""
        if self.rows:
            return {"rows": list(self.rows)}
        return {"error": self.error} if self.error else None

    @staticmethod
    def from_json(kept: dict[str, Any] | None) -> Choice:
        """What `to_json` was given."""
        kept = kept or {}
        return Choice(tuple(kept.get("rows", ())), kept.get("error", ""))


ALL = Choice()
