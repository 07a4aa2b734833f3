"""Cells that a spreadsheet would run. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

FORMULA = re.compile(r"'*[=+\-@\t\r]")
NUMBER = re.compile(r"[+-]?[\d.,]+(e[+-]?\d+)?", re.IGNORECASE)
BEGINNINGS = frozenset("'=+-@\t\r")
"""What a cell that `guarded` changes begins with: most cells are told apart by their first character alone."""


def guarded(cell: str) -> str:
    """`cell` so that no spreadsheet runs it as a formula; plain numbers stay as they are.

    See https://owasp.org/www-community/attacks/CSV_Injection. `unguarded` takes the apostrophe off again: so a
    cell that has apostrophes before its formula gets one more.
    """
    return f"'{cell}" if FORMULA.match(cell) and not NUMBER.fullmatch(cell) else cell


def guarded_cells(cells: Iterable[str | None]) -> list[str]:
    """All `cells` guarded; those that aren't there are empty."""
    return [guarded(cell) if cell and cell[0] in BEGINNINGS else cell or "" for cell in cells]


def unguarded(cell: str) -> str:
    """What `guarded` was given."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
