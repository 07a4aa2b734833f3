"""The form in which the cells of one row are edited. Fields go by their position, since headers may be anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.errors import PortalError
from portal.runs.editing import EditedMeanwhile
from portal.runs.models import IngestRun
from portal.runs.queries import KeptRow

MOST_FIELDS = 200
"""Cells that a form shows, those that failed first."""

LONGEST_FIELD = 10_000
"""Characters that a field takes; a longer cell is left out of the form, and so stays as it is."""

Errors = Sequence[tuple[str, str, str | None]]
"""What is wrong with a row, as (field, message, value)."""


@dataclass(frozen=True)
class CellField:
    """One cell in the form, with what is wrong with it. `theirs` is what it is now, where someone else has written
    something else meanwhile."""

    position: int
    header: str
    used: bool
    text: str
    messages: list[str]
    theirs: str | None = None

    @property
    def name(self) -> str:
        return f"cell-{self.position}"

    @property
    def has_lines(self) -> bool:
        """An input of one line would drop its line breaks."""
        return "\n" in self.text or "\r" in self.text or len(self.text) > 80


@dataclass(frozen=True)
class RowForm:
    """The fields of a row, those that failed first; `problem` says why it wasn't kept, `others` what is wrong with the
    row beside its cells. `version` is that of the row which is changed by it; `is_second` if someone else was first."""

    row_number: int
    version: str
    fields: list[CellField]
    others: list[str]
    left_out: int
    problem: PortalError | None = None
    is_second: bool = False


def row_form(
    run: IngestRun,
    row: KeptRow,
    errors: Errors,
    *,
    typed: Mapping[str, str] | None = None,
    problem: PortalError | None = None,
) -> RowForm:
    """The form for `row` as it is now, of which `errors` are known; `typed` is what someone has typed, by header, and
    `problem` why it wasn't kept."""
    second = isinstance(problem, EditedMeanwhile)
    texts = _merged(typed or {}, problem) if isinstance(problem, EditedMeanwhile) else typed or {}
    refused = problem.errors if problem else {}
    fields = [
        CellField(
            position,
            header,
            header in run.mapping,
            text=texts.get(header, now),
            messages=[*_messages(run.mapping.get(header), errors), *refused.get(header, [])],
            theirs=now if second and texts.get(header, now) != now else None,
        )
        for position, (header, now) in enumerate(row.data.items())
        if len(now or "") <= LONGEST_FIELD
    ]
    fields.sort(key=lambda field: not field.messages and field.theirs is None)
    told = {message for field in fields for message in field.messages}
    others = [_with_value(message, value) for _, message, value in errors if message not in told]
    shown = fields[:MOST_FIELDS]
    return RowForm(row.row_number, row.version, shown, others, len(row.data) - len(shown), problem, second)


def typed_cells(row: KeptRow, sent: Mapping[str, str]) -> dict[str, str]:
    """The texts of a form that was sent, by header; cells that weren't in the form are left out."""
    names = {header: f"cell-{position}" for position, header in enumerate(row.data)}
    return {header: _typed(sent[name], row.data[header] or "") for header, name in names.items() if name in sent}


def _merged(typed: Mapping[str, str], first: EditedMeanwhile) -> dict[str, str]:
    """What the second has typed; where they left a cell as it was before, what the first has made of it."""
    return {
        header: first.after[header] if header in first.after and text == first.before[header] else text
        for header, text in typed.items()
    }


def _messages(column: str | None, errors: Errors) -> list[str]:
    """What is wrong with the cell that leads to `column`."""
    return [message for field, message, _ in errors if column and column in field.split(", ")]


def _typed(sent: str, kept: str) -> str:
    """Browsers send each line break as CR LF, whatever it was: what looks as it was before is as it was before."""
    text = _one_kind_of_break(sent)
    if text == _one_kind_of_break(kept):
        return kept
    return text.replace("\n", "\r\n") if "\r\n" in kept else text


def _one_kind_of_break(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _with_value(message: str, value: str | None) -> str:
    return f"{message} ({value})" if value else message
