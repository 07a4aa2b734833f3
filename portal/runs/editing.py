"""Editing failed rows: new texts for some of a row's cells, kept for its next retry and checked at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import update

from portal import timeline
from portal.database import can_be_kept, utcnow, writing
from portal.errors import BadInput, NotFound, WrongState
from portal.extensions import db
from portal.lifecycle import RowStatus
from portal.runs import queries
from portal.runs.checks import changeable_run, check_can_edit
from portal.runs.edit_texts import edit_message, meanwhile_errors, meanwhile_message
from portal.runs.engine.family import lock_family
from portal.runs.judging import RowCheck, check_cells
from portal.runs.models import IngestRow, IngestRun
from portal.runs.queries import KeptRow

LONGEST_CELL = 100_000
"""Characters of a cell that someone writes: three times what a cell of a spreadsheet holds."""


@dataclass(frozen=True)
class EditedRow:
    """A row after an edit, the texts of the changed cells `before` and `after` by header, and whether it passes now."""

    row: KeptRow
    before: dict[str, str]
    after: dict[str, str]
    check: RowCheck


class EditedMeanwhile(WrongState):
    """Someone else was first. `row` is as they left it; `before` and `after` are the cells of their last edit."""

    def __init__(self, run_id: int, row: KeptRow) -> None:
        event = queries.last_edit(run_id, row.row_number)
        details = event.details if event else {}
        self.row = row
        self.before: dict[str, str] = details.get("before", {})
        self.after: dict[str, str] = details.get("after", {})
        super().__init__(
            meanwhile_message(row.row_number, event),
            fix="Look at what the row is now, then edit it again.",
            errors=meanwhile_errors(event),
        )


def edit_row(
    run_id: int, row_number: int, cells: Mapping[str, str], *, actor: Any, version: str | None = None
) -> EditedRow:
    """Put the texts of `cells`, by source header, into a failed row of the run; the other cells stay.

    `version` is that of the row as the editor has seen it; without it, what others did meanwhile isn't asked for. A
    malformed line is one no longer: it is replaced by its cells as they are then. An edit that changes nothing is no
    event.
    Raises NotFound, BadInput, WrongState for a row that is no open failed one or while a run of the family is at work,
    and EditedMeanwhile.
    """
    with writing(db.session):
        lock_family(db.session, run_id)
        run = changeable_run(run_id, actor)
        row = editable_row(run, row_number)
        _check_texts(run, cells)
        if version is not None and version != row.version:
            raise EditedMeanwhile(run_id, row)
        after = {header: text for header, text in cells.items() if text != (row.data[header] or "")}
        before = {header: row.data[header] or "" for header in after}
        if after or (cells and _is_malformed(run_id, row_number)):
            message = edit_message(row_number, before, after)
            details = {"row_number": row_number, "before": before, "after": after}
            for edited_in in _keep(run, row, after):
                timeline.record(db.session, "run", edited_in, queries.ROW_EDITED, message, actor=actor, **details)
    edited = existing_row(run, row_number)
    return EditedRow(edited, before, after, check_row(run, row_number, {}))


def check_row(run: IngestRun, row_number: int, cells: Mapping[str, str]) -> RowCheck:
    """Whether the row would pass with the texts of `cells`; nothing is kept.

    Raises NotFound, and BadInput as `edit_row` does.
    """
    row = existing_row(run, row_number)
    _check_texts(run, cells)
    return check_cells(run, {row_number: list({**row.data, **cells}.values())})[row_number]


def existing_row(run: IngestRun, row_number: int) -> KeptRow:
    """The row that is kept of `run`. Raises NotFound."""
    row = queries.find_row(run, row_number) if 0 < row_number < 2**63 else None
    if row is None:
        raise NotFound(f"Run {run.id} keeps no row {row_number:,}.", fix="Only rows that failed are kept by most runs.")
    return row


def editable_row(run: IngestRun, row_number: int) -> KeptRow:
    """The row, if it can be edited now. Raises NotFound, WrongState."""
    row = existing_row(run, row_number)
    if row.status != RowStatus.FAILED:
        raise WrongState(f"Row {row_number:,} didn't fail, so there is nothing to mend.")
    if row.settled_by_run_id:
        detail = f"Row {row_number:,} can't be edited any more: run {row.settled_by_run_id} has brought it in."
        raise WrongState(detail, fix="Change it in the table, or import it anew.")
    check_can_edit(run)
    return row


def _check_texts(run: IngestRun, cells: Mapping[str, str]) -> None:
    wrong = {str(header): [_what_is_wrong(run, header, text)] for header, text in cells.items()}
    errors = {header: messages for header, messages in wrong.items() if messages != [""]}
    if errors:
        raise BadInput("Not all of these cells can be kept.", fix="Nothing was changed.", errors=errors)


def _what_is_wrong(run: IngestRun, header: str, text: object) -> str:
    if header not in run.headers:
        return "The file has no such header."
    if not isinstance(text, str):
        return "Give the cell as a text; an empty one is “”."
    if len(text) > LONGEST_CELL:
        return f"Write at most {LONGEST_CELL:,} characters."
    return "" if can_be_kept(text) else "It has characters that no database keeps: NUL, or half of a pair."


def _is_malformed(run_id: int, row_number: int) -> bool:
    return db.session.get_one(IngestRow, (run_id, row_number)).malformed is not None


def _keep(run: IngestRun, row: KeptRow, after: dict[str, str]) -> list[int]:
    """Write the row's cells, in this run and where the same row is open in another of its family: whichever of them is
    retried, the edit is in it. Returns the runs."""
    cells = list({**row.data, **after}.values())
    if not _write(run.id, row.row_number, cells):
        raise WrongState(f"Row {row.row_number:,} was brought in at this moment, so it wasn't edited.")
    others = queries.open_in_same_columns(run)
    return [run.id, *(other for other in others if _write(other, row.row_number, cells))]


def _write(run_id: int, row_number: int, cells: list[str]) -> bool:
    """What the row is must still be so when it is written, whatever was read before."""
    result = db.session.execute(
        update(IngestRow)
        .where(IngestRow.run_id == run_id, IngestRow.row_number == row_number)
        .where(IngestRow.status == RowStatus.FAILED, IngestRow.settled_by_run_id.is_(None))
        .values(cells=cells, malformed=None, edited_at=utcnow())
    )
    return bool(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE's result has it
