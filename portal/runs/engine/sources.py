"""Where a run's rows come from: a file in the store, or the failed rows of an earlier run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import IO, Protocol

import polars as pl
from sqlalchemy import ColumnElement, Text, cast, or_, select
from sqlalchemy.orm import joinedload

from portal.database import AnySession
from portal.importers import Definition, Format
from portal.importers.formats import from_json
from portal.reading import inspect, read
from portal.runs.engine.choosing import Choice
from portal.runs.engine.context import Context
from portal.runs.engine.corrections import Notes, RowNumbers
from portal.runs.engine.family import first_free_number
from portal.runs.engine.fitting import still_fitting
from portal.runs.engine.frames import PROBLEM, ROW, chunk_frame, frame_of_cells, joined, malformed_frame
from portal.runs.engine.mapping import source_headers
from portal.runs.engine.stopping import name_of_choice
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
    run = _run_with_file(context, run_id)
    definition = context.find_importer(run.importer)
    if definition is None:
        raise ImporterGone(run.importer)
    return _source_of(context, run, definition)


def _run_with_file(context: Context, run_id: int | None) -> IngestRun:
    with_file = [joinedload(IngestRun.file)]  # which may be fetched only now
    return context.session.get_one(IngestRun, run_id, options=with_file, populate_existing=True)


def _source_of(context: Context, run: IngestRun, definition: Definition) -> Source:
    if run.file is not None:
        numbers = RowNumbers(first_free_number(context.session, run.id)) if run.retried_from_run_id else None
        format = from_json(run.format) if run.format else definition.format
        file = context.storage.open(run.file.storage_key)
        return FileSource(file, definition, run, None if run.retried_from_run_id else format, numbers)
    parent = _run_with_file(context, run.retried_from_run_id)
    failed = FailedRows(context.session, parent, run, definition)
    if parent.all_or_nothing:  # none of its rows is in
        return MendedRows(_source_of(context, parent, definition), failed, parent.id)
    return failed


class FileSource:
    """A file of rows. `format` is how it is written, as far as that is set. `numbers` are for one that corrects an
    earlier run: a download of ours, whose format is found out."""

    def __init__(
        self,
        file: IO[bytes],
        definition: Definition,
        run: IngestRun,
        format: Format | None,
        numbers: RowNumbers | None,
    ) -> None:
        self._closing = ExitStack()
        self._closing.enter_context(file)
        self._file = file
        self._layout = inspect(file, format)
        self._notes = Notes(self._layout.headers)
        self._numbers = numbers
        self.definition = definition
        self.headers: Sequence[str] = source_headers(self._layout.headers)
        self.mapping = still_fitting(run.mapping, self.headers, definition, run.chosen_columns)
        self.text = self._layout.text

    def frames(self) -> Iterator[pl.DataFrame]:
        for piece in read(self._file, self._layout):
            parts = [chunk_frame(piece.rows, piece.row_numbers)] if piece.rows.height else []
            if piece.malformed:
                parts.append(malformed_frame(piece.malformed, len(self._layout.headers)))
            if parts:
                yield self._notes.taken_off(joined(parts), self._numbers)

    def close(self) -> None:
        self._closing.close()


class FailedRows:
    """The failed rows of `parent` that no run has settled, with their old numbers, as the source of `run`; those alone
    that it has chosen."""

    def __init__(self, session: AnySession, parent: IngestRun, run: IngestRun, definition: Definition) -> None:
        self._session = session
        self._parent_id = parent.id
        self._run_id = run.id
        self._choice = Choice.from_json(run.chosen_rows)
        self.definition = definition
        self.headers: Sequence[str] = parent.headers
        self.mapping = still_fitting(parent.mapping, parent.headers, definition, parent.chosen_columns)
        self.text = name_of_choice(parent, self._choice)

    def frames(self) -> Iterator[pl.DataFrame]:
        after = -1
        while rows := self._next_rows(after):
            after = rows[-1][0]
            yield _frame_of_rows(rows, len(self.headers))

    def among(self, numbers: pl.Series) -> pl.DataFrame | None:
        """The failed rows between the lowest and the highest of `numbers`; None where there are none."""
        rows = self._read(IngestRow.row_number.between(numbers.min(), numbers.max()))
        return _frame_of_rows(rows, len(self.headers)) if rows else None

    def close(self) -> None:
        """Nothing is held open between two reads."""

    def _next_rows(self, after: int) -> list[tuple[int, str, str | None]]:
        return self._read(self._choice.number > after, limit=READ_ROWS)

    def _read(self, which: ColumnElement[bool], limit: int | None = None) -> list[tuple[int, str, str | None]]:
        query = (
            select(IngestRow.row_number, cast(IngestRow.cells, Text), IngestRow.malformed)
            # What this run has settled itself is asked for again when staging begins anew: same rows, same chunks.
            .where(which, or_(IngestRow.settled_by_run_id.is_(None), IngestRow.settled_by_run_id == self._run_id))
            .order_by(self._choice.number)
            .limit(limit)
        )
        found = self._session.execute(self._choice.among_failed(query, self._parent_id))
        rows = [(number, cells, problem) for number, cells, problem in found]
        self._session.commit()  # no read transaction stays open while the rows are worked on
        return rows


class MendedRows:
    """All rows of `base`, which is the source of the run `parent_id`, with its failed rows as they are now."""

    def __init__(self, base: Source, failed: FailedRows, parent_id: int) -> None:
        self._base, self._failed = base, failed
        self.definition, self.headers, self.mapping = base.definition, base.headers, base.mapping
        self.text = f"All rows of run {parent_id}"

    def frames(self) -> Iterator[pl.DataFrame]:
        for frame in self._base.frames():
            mended = self._failed.among(frame[ROW])
            if mended is None:
                yield frame
            else:
                yield joined([frame.filter(~pl.col(ROW).is_in(mended[ROW].implode())), mended])

    def close(self) -> None:
        self._base.close()


def _frame_of_rows(rows: list[tuple[int, str, str | None]], width: int) -> pl.DataFrame:
    numbers, cells, problems = zip(*rows, strict=True)
    frame = frame_of_cells(numbers, cells, width)
    if any(problems):
        frame = frame.with_columns(pl.Series(PROBLEM, problems, dtype=pl.String))
    return frame
