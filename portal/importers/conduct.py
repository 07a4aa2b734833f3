"""How a run of an importer goes on: what its settings can be, and what is wrong with others."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar


class KeepRows(StrEnum):
    """Of which rows the portal keeps the cells and what became of them."""

    FAILED = "failed"
    ALL = "all"


class Transaction(StrEnum):
    """What goes in as a whole or not at all."""

    CHUNK = "chunk"
    RUN = "run"


@dataclass(frozen=True)
class Conduct:
    """How a run goes on. `chunk_rows` is the most rows of a chunk, None for the portal's own setting; `stop_after`
    the most failed rows that a run may have, None for any number."""

    chunk_rows: int | None = None
    stop_after: int | None = None
    keep_rows: KeepRows = KeepRows.FAILED
    transaction: Transaction = Transaction.CHUNK


USUAL = Conduct()

Choice = TypeVar("Choice", KeepRows, Transaction)


def conduct_of(chunk_rows: int | None, stop_after: int | None, keep_rows: str, transaction: str) -> Conduct:
    """The settings of an importer's class line, checked. Raises ValueError with what is wrong."""
    _check_number("chunk_rows", chunk_rows, 1, "rows")
    _check_number("stop_after", stop_after, 0, "failed rows")
    kept = _choice("keep_rows", keep_rows, KeepRows)
    return Conduct(chunk_rows, stop_after, kept, _choice("transaction", transaction, Transaction))


def _check_number(setting: str, value: object, least: int, of_what: str) -> None:
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < least):
        raise ValueError(f"Its {setting} must be a number of {of_what} from {least}, not {value!r}.")


def _choice(setting: str, value: str, choices: type[Choice]) -> Choice:
    if value not in set(choices):
        raise ValueError(f"Its {setting} must be {' or '.join(choices)}, not {value!r}.")
    return choices(value)
