"""One kept row and how it became what it is, or why that can't be told."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from portal.errors import NotFound, PortalError
from portal.extensions import db
from portal.importers import Definition, find_importer
from portal.runs import queries
from portal.runs.models import IngestRun
from portal.runs.queries import KeptRow, RowFailure
from portal.target_databases import UnknownDatabase, connect

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
    from portal.runs.engine.explaining import explain  # Polars is behind these, which no web process loads at its start
    from portal.runs.engine.target import lookup_tables
    from portal.runs.engine.tracing import trace_row

    definition = find_importer(run.importer)
    if definition is None:
        raise PortalError(f"There is no importer called {run.importer} any more, so no step can be shown.")
    if any(failure.rule == "malformed" for failure in failures):
        raise PortalError("The line isn't a row of this file, so none of its cells was looked at.")
    if unknown := set(run.mapping.values()) - definition.columns.keys():
        raise PortalError(f"The importer has no column {' and '.join(sorted(unknown))} any more.")
    try:
        with _connection(definition) as connection:
            find_existing = lookup_tables(connection).find_existing
            return trace_row(list(row.data.values()), run.headers, run.mapping, definition, find_existing)
    except (DBAPIError, UnknownDatabase) as error:
        db.session.rollback()  # PostgreSQL takes nothing more in a transaction in which something went wrong
        message, _ = explain(error)
        raise PortalError(message, fix="Until then no step can be shown.") from error


def _connection(definition: Definition) -> AbstractContextManager[Connection]:
    return connect(definition.database) if definition.database else nullcontext(db.session.connection())
