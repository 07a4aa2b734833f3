"""What a failure is called: its rule, its message for the operator and what to do about it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from portal.importers import Column, Lookup, Text


@dataclass(frozen=True)
class Failure:
    """One way in which a row of an importer can fail: the shape that groups have.

    `field` is empty for failures of the whole row; `detail` tells apart what field and rule don't.
    """

    field: str
    rule: str
    message: str
    fix: str
    detail: str = ""

    @property
    def key(self) -> str:
        """Names the group in addresses."""
        return ".".join(part for part in (self.field, self.rule, self.detail) if part)


def required(column: Column) -> Failure:
    fix = f"Fill in {column.name}, then retry these rows."
    return Failure(column.name, "required", f"The {column.name} field is required.", fix)


def wrong_type(column: Column) -> Failure:
    message = f"The {column.name} field must be {column.wants}."
    return Failure(column.name, "type", message, f"Write {column.wants} in {column.name}, then retry these rows.")


def wrong_pattern(column: Column) -> Failure:
    like = f" such as “{column.example}”" if column.example else ""
    message = f"The {column.name} field has the wrong form."
    return Failure(column.name, "pattern", message, f"Write {column.name} in its usual form{like}, then retry.")


def too_small(column: Column, minimum: object) -> Failure:
    message = f"The {column.name} field must be at least {minimum}{_unit(column)}."
    return Failure(column.name, "minimum", message, f"Check {column.name} against the source, then retry.")


def too_large(column: Column, maximum: object) -> Failure:
    message = f"The {column.name} field must be at most {maximum}{_unit(column)}."
    return Failure(column.name, "maximum", message, f"Check {column.name} against the source, then retry.")


def not_found(column: Column, lookup: Lookup) -> Failure:
    message = f"The {column.name} field must be found in {lookup.table}."
    fix = f"Import the missing {lookup.table} first, or correct {column.name}, then retry these rows."
    return Failure(column.name, "lookup", message, fix)


def duplicate(key: tuple[str, ...]) -> Failure:
    names = ", ".join(key)
    fix = "Remove these rows if they are repeats, or correct the key. An importer that updates would take them."
    return Failure(names, "duplicate", f"Duplicate entry found for key '{names}'.", fix)


MALFORMED = Failure(
    "",
    "malformed",
    "The line can't be read as a row of this file.",
    "Correct the line in the source (its number of fields, its quotation marks), then upload it again.",
)


def refused(reason: str) -> Failure:
    """The database itself refused the row, for `reason` in its own words."""
    broken = CONSTRAINT.match(reason)
    kind, detail = (broken[1].casefold(), broken[2] or "") if broken else ("", "")
    names = ", ".join(part.rpartition(".")[2] for part in detail.split(", "))
    match kind:
        case "unique":
            message, fix = (
                f"The table has a row with the same {names} already.",
                "Correct the value, or remove the row.",
            )
        case "not null":
            message, fix = f"The table needs a value in {names}.", "Fill it in, then retry these rows."
        case "foreign key":
            message = "The row refers to something that isn't in the database."
            fix = "Import what it refers to first, then retry these rows."
        case "check":
            message, fix = f"The table's rule {detail} doesn't allow this row.", "Correct the row, then retry it."
        case _:
            kind, detail = "refused", reason
            message, fix = "The database refused the row.", f"It said: {reason}"
    return Failure("", f"database-{kind.replace(' ', '-')}", message, fix, _slug(detail))


CONSTRAINT = re.compile(r"(UNIQUE|NOT NULL|FOREIGN KEY|CHECK) constraint failed(?:: (.*))?", re.DOTALL)
"""How SQLite says it."""


def _slug(text: str) -> str:
    return re.sub(r"\W+", "-", text).strip("-")[:80]


def _unit(column: Column) -> str:
    return " characters long" if isinstance(column, Text) else ""
