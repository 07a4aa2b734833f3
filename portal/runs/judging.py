"""What the importer's rules say of rows as things are now: by its code and the tables of this moment."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from portal.errors import PortalError
from portal.extensions import db
from portal.importers import Definition, find_importer
from portal.runs.models import IngestRun
from portal.runs.queries import RowFailure
from portal.target_databases import UnknownDatabase, connect

if TYPE_CHECKING:
    from portal.runs.engine.checking import FindExisting


@dataclass(frozen=True)
class Rules:
    """An importer, and how its look-ups find what is there."""

    definition: Definition
    find_existing: FindExisting


@dataclass(frozen=True)
class RowCheck:
    """What would fail in a row now. Where nobody can tell, `unchecked` says why and what to do.

    Duplicates and what the database may refuse are no part of it, nor what the importer's hooks would change.
    """

    failures: list[RowFailure] = field(default_factory=list)
    unchecked: PortalError | None = None

    @property
    def passes(self) -> bool:
        return not self.failures and self.unchecked is None

    @property
    def errors(self) -> dict[str, list[str]]:
        """What is wrong by column; under "row" what is wrong with the row as a whole, or why nobody can tell."""
        found: dict[str, list[str]] = {"row": [self.unchecked.detail]} if self.unchecked else {}
        for failure in self.failures:
            found.setdefault(failure.field or "row", []).append(failure.message)
        return found


def check_cells(run: IngestRun, rows: Mapping[int, Sequence[str]]) -> dict[int, RowCheck]:
    """Check rows of `run` by number, all at once, each given by its cells in the order of the run's headers."""
    if not rows:
        return {}
    try:
        failures = _failures(run, rows)
    except PortalError as error:
        return dict.fromkeys(rows, RowCheck(unchecked=error))
    return {number: RowCheck(failures[number]) for number in rows}


def _failures(run: IngestRun, rows: Mapping[int, Sequence[str]]) -> dict[int, list[RowFailure]]:
    from portal.runs.engine.frames import frame_of_cells  # Polars is behind these, which no web process loads at start
    from portal.runs.engine.validating import validate

    frame = frame_of_cells(list(rows), [json.dumps(list(cells)) for cells in rows.values()], len(run.headers))
    with rules_of(run) as rules:
        verdict = validate(frame, run.headers, run.mapping, rules.definition, rules.find_existing)
    found: dict[int, list[RowFailure]] = {number: [] for number in rows}
    for cells in verdict.failed:
        failure = cells.failure
        for number, value in zip(cells.rows, cells.values, strict=True):
            told = RowFailure(failure.key, failure.field, failure.rule, failure.message, value, failure.fix)
            found[number].append(told)
    return found


@contextmanager
def rules_of(run: IngestRun) -> Iterator[Rules]:
    """The rules by which rows of `run` are judged. Raises PortalError, also from within, when they can't be asked."""
    from portal.runs.engine.explaining import explain  # as above
    from portal.runs.engine.target import lookup_tables

    definition = find_importer(run.importer)
    if definition is None:
        raise PortalError(f"There is no importer called {run.importer} any more, so no step can be shown.")
    if unknown := set(run.mapping.values()) - definition.columns.keys():
        raise PortalError(f"The importer has no column {' and '.join(sorted(unknown))} any more.")
    try:
        with _connection(definition) as connection:
            yield Rules(definition, lookup_tables(connection).find_existing)
    except (DBAPIError, UnknownDatabase) as error:
        db.session.rollback()  # PostgreSQL takes nothing more in a transaction in which something went wrong
        message, _ = explain(error)
        raise PortalError(message, fix="Until then no step can be shown.") from error


def _connection(definition: Definition) -> AbstractContextManager[Connection]:
    return connect(definition.database) if definition.database else nullcontext(db.session.connection())
