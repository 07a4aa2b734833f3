"""An edit of a row in words, for the timeline and for whoever comes second. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from portal.timeline import Event
from portal.web.filters import relative

LONGEST_TEXT = 40
"""Characters of a cell that are shown in a sentence."""

MOST_CELLS = 3
"""Cells that are shown in a sentence."""


def edit_message(row_number: int, before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """What was changed: "Row 3: price “x” → “3”."."""
    if not after:
        return f"Row {row_number:,}: the malformed line is taken as the cells that were read from it."
    changes = [f"{_short(header)} {_quoted(before[header])} → {_quoted(text)}" for header, text in after.items()]
    more = len(changes) - MOST_CELLS
    others = f"; {more:,} more {'cell' if more == 1 else 'cells'}" if more > 0 else ""
    return f"Row {row_number:,}: {'; '.join(changes[:MOST_CELLS])}{others}."


def meanwhile_message(row_number: int, edit: Event | None) -> str:
    """Who has changed the row, when, and to what. `edit` is the event of their edit."""
    if edit is None:
        return f"Row {row_number:,} was changed meanwhile."
    return f"{_who(edit)} changed this row {relative(edit.created_at)}. {edit.message}"


def meanwhile_errors(edit: Event | None) -> dict[str, list[str]]:
    """What the cells that someone has changed are now, by header."""
    if edit is None:
        return {}
    after = edit.details.get("after", {})
    return {header: [f"{_who(edit)} changed it to {_quoted(text)}."] for header, text in after.items()}


def _who(edit: Event) -> str:
    return edit.actor_label or "Someone"


def _quoted(text: str) -> str:
    return f"“{_short(text)}”" if text else "empty"


def _short(text: str) -> str:
    """The beginning of `text` on one line; what can't be seen, or turns the text around it, as Python writes it."""
    cut = text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"
    return cut if cut.isprintable() else repr(cut)[1:-1]
