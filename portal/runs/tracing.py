"""One kept row and how it became what it is, or why that can't be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.errors import NotFound, PortalError
from portal.runs import queries
from portal.runs.judging import rules_of
from portal.runs.models import IngestRun
from portal.runs.queries import KeptRow, RowFailure

if TYPE_CHECKING:
    from portal.runs.engine.tracing import RowTrace


@dataclass(frozen=True)
class TracedRow:
    """A row with its failures. `trace` goes by the importer and the tables as they are now; where there is none,
    `untraced` says why and what to do."""

    row: KeptRow
    failures: list[RowFailure]
    trace: RowTrace | None = None
    untraced: PortalError | None = None


def traced_row(run: IngestRun, row_number: int) -> TracedRow:
    """The row `row_number` of `run`. Raises NotFound where the run keeps no such row."""
    row = queries.find_row(run, row_number)
    if row is None:
        raise NotFound(f"Run {run.id} keeps no row {row_number:,}.", fix="Only rows that failed are kept by most runs.")
    failures = queries.failures_of_row(run.id, row_number)
    try:
        return TracedRow(row, failures, trace=_trace(run, row, failures))
    except PortalError as error:
        return TracedRow(row, failures, untraced=error)


def _trace(run: IngestRun, row: KeptRow, failures: list[RowFailure]) -> RowTrace:
    """Raises PortalError when the row can't be traced."""
    from portal.runs.engine.tracing import trace_row  # Polars is behind it, which no web process loads at its start

    if row.edited_at is None and any(failure.rule == "malformed" for failure in failures):
        raise PortalError("The line isn't a row of this file, so none of its cells was looked at.")
    with rules_of(run) as rules:
        cells = list(row.data.values())
        return trace_row(cells, run.headers, run.mapping, rules.definition, rules.find_existing)
