"""What a failure is called: its rule, its message for the operator and what to do about it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from portal.importers import Children, Column, Lookup, Many, Rule, Text


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


def in_own_words(failure: Failure, column: Column) -> Failure:
    """`failure` with the message that the importer's author wrote for this rule of `column`, if there is one."""
    message = column.messages.get(failure.rule)
    if message is None:
        return failure
    settings = {name: getattr(column, name, None) for name in ("wants", "minimum", "maximum", "pattern", "example")}
    return replace(failure, message=message.format(field=column.name, **settings))


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


def no_table(column: Column, known: Iterable[object]) -> Failure:
    """No table takes rows with this value of `column`."""
    message = f"The {column.name} field tells which table takes the row, and none takes rows with this one."
    fix = f"Correct {column.name}: there are tables for {', '.join(f'“{value}”' for value in known)}."
    return Failure(column.name, "table", message, fix)


def not_added(column: Column, lookup: Lookup, refusal: Failure) -> Failure:
    """The database refuses to add the value of `column` to the looked-up table."""
    message = f"The {column.name} field can't be added to {lookup.table}: {refusal.message}"
    return Failure(column.name, "create", message, refusal.fix, f"{refusal.rule}-{refusal.detail}")


def raised(column: Column, error: str, words: str) -> Failure:
    """A function of the importer's author raised `error`, for one of the values with `words`."""
    message = f"The {column.name} field can't be worked out: the importer's function raised {error}."
    return Failure(column.name, "transform", message, _fix_for_raised(words), error[:30])


def rule_raised(rule: Rule, error: str, words: str) -> Failure:
    """The function of `rule` raised `error`, for one of the rows with `words`."""
    message = f"The rule {rule.name} can't be worked out: the importer's function raised {error}."
    return Failure(", ".join(rule.fields), rule.name, message, _fix_for_raised(words), error[:30])


def _fix_for_raised(words: str) -> str:
    return f"It said, of one of the rows: {words}. Correct the values, or ask the importer's author to mend it."


def wrong_result(column: Column) -> Failure:
    message = f"The importer's function didn't give {column.wants} for the {column.name} field."
    return Failure(column.name, "transform", message, "Ask the importer's author to mend it, then retry.", "result")


def not_finite(column: Column) -> Failure:
    message = f"The importer's way to work out the {column.name} field gave no number."
    return Failure(column.name, "transform", message, f"Correct {column.name}, then retry these rows.", "not-finite")


def broken_rule(rule: Rule) -> Failure:
    fix = rule.fix or f"Check {' and '.join(rule.fields)} against the source, then retry these rows."
    return Failure(", ".join(rule.fields), rule.name, rule.message, fix)


def of_child(column: Column, failure: Failure) -> Failure:
    """A row within the cell of `column` has `failure`."""
    field = f"{column.name}.{failure.field}" if failure.field else column.name
    return replace(failure, field=field, message=f"In {column.name}: {failure.message}")


def refused_by_hook(field: str, message: str, fix: str) -> Failure:
    """A hook of the importer refused the row in the words of its author."""
    return Failure(field, "hook", message, fix or "Correct these rows, then retry them.", _slug(message))


def hook_raised(hook: str, error: str) -> Failure:
    """The importer's `hook` raised `error`; what it said is shown with each row."""
    fix = "Correct these rows, or ask the importer's author to mend it, then retry them."
    return Failure("", "hook", f"The importer's {hook} raised {error}.", fix, f"{hook}-{error}")


def key_changed(hook: str, key: tuple[str, ...]) -> Failure:
    message = f"The importer's {hook} changed the key '{', '.join(key)}', which must stay as it is."
    return Failure("", "hook", message, "Ask the importer's author to compute the key in a column.", f"{hook}-key")


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
    match column:
        case Text():
            return " characters long"
        case Many():
            return " entries long"
        case Children():
            return " rows long"
        case _:
            return ""
