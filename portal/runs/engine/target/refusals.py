"""What a database says when it refuses a row, and what that means. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from portal.runs.engine.rules import Failure

NUL = "A text holds a NUL character, which PostgreSQL can't keep."


@dataclass(frozen=True)
class Refusal:
    """Why a database refused a row: `kind` is one of those that `failure` knows, or empty; `names` are the columns or
    the constraint concerned; `words` are the database's own."""

    kind: str
    names: str
    words: str

    @property
    def failure(self) -> Failure:
        """The same for the operator."""
        message, fix = self._in_words()
        detail = self.names if self.kind else self.words
        return Failure("", f"database-{self.kind or 'refused'}", message, fix, _slug(detail))

    def _in_words(self) -> tuple[str, str]:
        match self.kind:
            case "unique":
                same = f"The table has a row with the same {self.names} already."
                return same, "Correct the value, or remove the row."
            case "not-null":
                return f"The table needs a value in {self.names}.", "Fill it in, then retry these rows."
            case "foreign-key":
                refers = "The row refers to something that isn't in the database."
                return refers, "Import what it refers to first, then retry these rows."
            case "check":
                return f"The table's rule {self.names} doesn't allow this row.", "Correct the row, then retry it."
            case "too-long":
                return f"A text is too long for the table ({self.words}).", "Shorten it, then retry these rows."
            case "nul":
                return self.words, "Remove the character, then retry these rows."
            case "out-of-range":
                return f"A number is too large for the table ({self.words}).", "Correct it, then retry these rows."
            case _:
                return "The database refused the row.", f"It said: {self.words}"


def sqlite_refusal(error: Exception) -> Refusal:
    """What SQLite means by `error`, which it tells in words alone."""
    words = str(error)
    broken = _SQLITE.match(words)
    if broken is None:
        return Refusal("", "", words)
    names = ", ".join(part.rpartition(".")[2] for part in (broken[2] or "").split(", "))
    return Refusal(broken[1].casefold().replace(" ", "-"), names, words)


def postgres_refusal(error: Any) -> Refusal:
    """What PostgreSQL means by `error`, a psycopg error."""
    return postgres_refusal_of(
        error.sqlstate,
        error.diag.message_primary or str(error),
        error.diag.message_detail or "",
        error.diag.column_name or "",
        error.diag.constraint_name or "",
    )


def postgres_refusal_of(state: str, words: str, detail: str, column: str, constraint: str) -> Refusal:
    """The same from the parts that PostgreSQL tells; `state` is a SQLSTATE
    (https://www.postgresql.org/docs/current/errcodes-appendix.html)."""
    match state:
        case "23505":
            key = _POSTGRES_KEY.match(detail)
            return Refusal("unique", key[1] if key else constraint, words)
        case "23502":
            return Refusal("not-null", column, words)
        case "23503":
            return Refusal("foreign-key", "", words)
        case "23514":
            return Refusal("check", constraint, words)
        case "22001":
            return Refusal("too-long", words, words)
        case "22003":
            return Refusal("out-of-range", words, words)
        case _:
            return Refusal("", "", words)


_SQLITE = re.compile(r"(UNIQUE|NOT NULL|FOREIGN KEY|CHECK) constraint failed(?:: (.*))?", re.DOTALL)
_POSTGRES_KEY = re.compile(r"Key \((.*?)\)=")


def _slug(text: str) -> str:
    return re.sub(r"\W+", "-", text).strip("-")[:80]
