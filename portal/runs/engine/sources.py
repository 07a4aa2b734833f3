"""Where a run's rows come from: a file in the store, or the failed rows of an earlier run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import IO, Protocol

import polars as pl
from sqlalchemy import Text, cast, or_, select
from sqlalchemy.orm import joinedload

from portal.database import AnySession
from portal.importers import Definition
from portal.reading import Dialect, inspect, read
from portal.runs.engine.context import Context
from portal.runs.engine.corrections import Notes, RowNumbers
from portal.runs.engine.family import first_free_number
from portal.runs.engine.frames import PROBLEM, chunk_frame, frame_of_cells, joined, malformed_frame
from portal.runs.engine.mapping import map_headers, source_headers
from portal.runs.models import IngestRow, IngestRun

READ_ROWS = 50_000
"""Rows of an earlier run that are read at a time."""


class ImporterGone(Exception):
    """The run names an importer that isn't registered (any more)."""


class Source(Protocol):
    """Rows to import. `mapping` is source header -> column; `text` says in words what the source is."""

    definition: Definition
    headers: Sequence[str]
    mapping: dict[str, str]
    text: str

    def frames(self) -> Iterator[pl.DataFrame]:
        """The rows in order, in frames of the shape that `frames.py` describes."""

    def close(self) -> None:
        """Let go of what is open."""


def open_source(context: Context, run_id: int) -> Source:
    """The source of the run.

    Raises ImporterGone, UnreadableFile, FileNotFoundError.
    """
    run = context.session.get_one(IngestRun, run_id, options=[joinedload(IngestRun.file)])
    definition = context.find_importer(run.importer)
    if definition is None:
        raise ImporterGone(run.importer)
    if run.file is not None:
        numbers = RowNumbers(first_free_number(context.session, run_id)) if run.retried_from_run_id else None
        return FileSource(context.storage.open(run.file.storage_key), definition, run.mapping, numbers)
    parent = context.session.get_one(IngestRun, run.retried_from_run_id)
    return FailedRows(context.session, parent, run_id, definition)


class FileSource:
    """A delimited text file. `numbers` are for a file that corrects an earlier run."""

    def __init__(
        self, file: IO[bytes], definition: Definition, mapping: dict[str, str], numbers: RowNumbers | None = None
    ) -> None:
        self._closing = ExitStack()
        self._closing.enter_context(file)
        self._file = file
        self._dialect: Dialect = inspect(file)  # type: ignore[arg-type]  # a BinaryIO in all that is used
        self._notes = Notes(self._dialect.headers)
        self._numbers = numbers
        self.definition = definition
        self.headers: Sequence[str] = source_headers(self._dialect.headers)
        self.mapping = mapping or map_headers(self.headers, definition).columns
        self.text = self._dialect.text

    def frames(self) -> Iterator[pl.DataFrame]:
        for piece in read(self._file, self._dialect):  # type: ignore[arg-type]  # as above
            parts = [chunk_frame(piece.rows, piece.row_numbers)] if piece.rows.height else []
            if piece.malformed:
                parts.append(malformed_frame(piece.malformed, len(self._dialect.headers)))
            if parts:
                yield self._notes.taken_off(joined(parts), self._numbers)

    def close(self) -> None:
        self._closing.close()


class FailedRows:
    """The failed rows of `parent` that no run has settled, with their old numbers, as the source of `run_id`."""

    def __init__(self, session: AnySession, parent: IngestRun, run_id: int, definition: Definition) -> None:
        self._session = session
        self._parent_id = parent.id
        self._run_id = run_id
        self.definition = definition
        self.headers: Sequence[str] = parent.headers
        self.mapping = parent.mapping
        self.text = f"Failed rows of run {parent.id}"

    def frames(self) -> Iterator[pl.DataFrame]:
        after = -1
        while rows := self._next_rows(after):
            after = rows[-1][0]
            yield _frame_of_rows(rows, len(self.headers))

    def close(self) -> None:
        """Nothing is held open between two reads."""

    def _next_rows(self, after: int) -> list[tuple[int, str, str | None]]:
        query = (
            select(IngestRow.row_number, cast(IngestRow.cells, Text), IngestRow.malformed)
            .where(IngestRow.run_id == self._parent_id, IngestRow.row_number > after)
            # What this run has settled itself is asked for again when staging begins anew: same rows, same chunks.
            .where(or_(IngestRow.settled_by_run_id.is_(None), IngestRow.settled_by_run_id == self._run_id))
            .order_by(IngestRow.row_number)
            .limit(READ_ROWS)
        )
        rows = [(number, cells, problem) for number, cells, problem in self._session.execute(query)]
        self._session.commit()  # no read transaction stays open while the rows are worked on
        return rows


def _frame_of_rows(rows: list[tuple[int, str, str | None]], width: int) -> pl.DataFrame:
    numbers, cells, problems = zip(*rows, strict=True)
    frame = frame_of_cells(numbers, cells, width)
    if any(problems):
        frame = frame.with_columns(pl.Series(PROBLEM, problems, dtype=pl.String))
    return frame
