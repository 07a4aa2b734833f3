"""What is wrong with an importer, found when its class is made, before there is any file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from string import Formatter
from types import UnionType
from typing import TYPE_CHECKING, get_args

from portal.importers.columns import Column, Date, DateTime, Numeric
from portal.importers.groups import columns_of
from portal.importers.headers import plain
from portal.importers.locales import separators
from portal.importers.nested import Children, Many
from portal.importers.rules import Rule
from portal.importers.transforms import Python, Replace, TextStep, ValueStep, inputs_of

if TYPE_CHECKING:
    from portal.importers.importer import Definition

NOT_IN_PATTERNS = re.compile(r"\(\?<?[=!]|\(\?P=|(?<!\\)(?:\\\\)*\\[1-9]")
"""What Python's regular expressions have and Polars' don't (https://docs.rs/regex/latest/regex/#syntax)."""

MESSAGES = ("required", "type", "pattern", "minimum", "maximum", "lookup", "transform")
"""The rules of a column that can have a message of its author's."""

PLACEHOLDERS = ("field", "wants", "minimum", "maximum", "pattern", "example")
"""What may stand in braces in such a message."""

LONGEST_NAMES, LONGEST_RULE = 80, 30
"""Characters that the names with a failure, and that of a rule, may have to fit where the portal keeps them."""


def problems_of(definition: Definition) -> Iterator[str]:
    """What is wrong with the columns, their names, the rules and what refers to columns, in sentences."""
    for name, column in definition.columns.items():
        if column.name != name:
            yield f"{name} and {column.name} are one column: write one for each."
        yield from _problems_of_column(column)
    yield from _problems_of_references(definition)
    yield from _problems_of_rules(definition)
    yield from _problems_of_headers(definition)
    yield from _problems_of_key(definition)


def _problems_of_column(column: Column) -> Iterator[str]:
    name = column.name
    if name.startswith("_"):
        yield f"{name} can't be a column: names that begin with _ are the portal's own."
    if column.pattern is not None:
        yield from _problems_of_pattern(f"pattern of {name}", column.pattern)
    for step in column.text_steps:
        if isinstance(step, Replace):
            yield from _problems_of_pattern(f"pattern to replace in {name}", step.pattern)
    yield from _problems_of_steps(name, column.text_steps, TextStep, "transform")
    yield from _problems_of_steps(name, column.value_steps, ValueStep, "after")
    if column.computed is not None and (column.header or column.aliases):
        yield f"{name} is computed, so no header can lead to it."
    if isinstance(column, Numeric) and column.locale:
        yield from _problems_of_locale(name, column.locale)
    if isinstance(column, Many | Children):
        yield from _problems_of_nested(column)
    yield from _problems_of_messages(column)


def _problems_of_steps(name: str, steps: Iterable[object], allowed: UnionType, setting: str) -> Iterator[str]:
    for step in steps:
        if isinstance(step, Python) and step.columns:
            yield f"{name} is changed by a function of other columns: only computed columns and conditions can be."
        if not isinstance(step, allowed):
            kinds = ", ".join(kind.__name__ for kind in get_args(allowed))
            yield f"A step of {setting} in {name} is a {type(step).__name__}, but must be one of {kinds}."


def _problems_of_nested(column: Many | Children) -> Iterator[str]:
    if column.value_steps or column.computed is not None:
        yield f"{column.name} holds several values, so it can be neither computed nor changed after it is read."
    within = [column.each] if isinstance(column, Many) else columns_of(column.columns).values()
    if any(isinstance(inner, Many | Children) for inner in within):
        yield f"The rows of {column.name} hold rows themselves, which is one step too deep."
        return
    try:
        for rule in column.definition.rules:
            if _is_too_long(rule, within=column.name):
                yield f"The names of the rule {rule.name} in {column.name} are too long: shorten it."
    except TypeError as error:
        yield f"What {column.name} holds is wrong: {error}"


def _problems_of_pattern(what: str, pattern: str) -> Iterator[str]:
    try:
        re.compile(pattern)
    except re.error as error:
        yield f"The {what} is no regular expression: {error}."
    if NOT_IN_PATTERNS.search(pattern):
        yield f"The {what} looks around or back, which patterns here can't."


def _problems_of_locale(name: str, locale: str) -> Iterator[str]:
    try:
        separators(locale)
    except ValueError as error:
        yield f"The locale of {name} isn't known: {error}"


def _problems_of_messages(column: Column) -> Iterator[str]:
    for rule, message in column.messages.items():
        if rule not in MESSAGES:
            yield f"{column.name} has a message for {rule}, but its rules are {', '.join(MESSAGES)}."
        for placeholder in _placeholders(message):
            if placeholder == "value":
                yield (
                    f"The message of {column.name} for {rule} names the {{value}}: one message stands for all rows "
                    "that fail alike. Their values are shown beside it."
                )
            elif placeholder not in PLACEHOLDERS:
                yield (
                    f"The message of {column.name} for {rule} has {{{placeholder}}}, but only "
                    f"{', '.join(f'{{{name}}}' for name in PLACEHOLDERS)} can stand there."
                )


def _placeholders(message: str) -> list[str]:
    try:
        parts = [
            (name, spec, conversion) for _, name, spec, conversion in Formatter().parse(message) if name is not None
        ]
        return [name if not spec and not conversion else f"{name}:{spec}" for name, spec, conversion in parts]
    except ValueError:
        return [message]


def _problems_of_references(definition: Definition) -> Iterator[str]:
    uses = {"computed from": "computed", "required because of": "required_if", "used because of": "used_if"}
    for column in definition.columns.values():
        for words, setting in uses.items():
            derived = getattr(column, setting)
            if derived is not None and not inputs_of(derived):
                yield f"{column.name} is {words} no column: name one with Value(...), or behind the Python function."
            for name in inputs_of(derived):
                yield from _problems_of_input(f"{column.name} is {words}", name, definition)


def _problems_of_input(who: str, name: str, definition: Definition) -> Iterator[str]:
    if name not in definition.columns:
        yield f"{who} {name}, which isn't a column."
    elif isinstance(definition.columns[name], Many | Children):
        yield f"{who} {name}, which holds several values."


def _problems_of_rules(definition: Definition) -> Iterator[str]:
    for rule in definition.rules:
        for name in dict.fromkeys((*inputs_of(rule.condition), *rule.fields)):
            yield from _problems_of_input(f"The rule {rule.name} names", name, definition)
        if not inputs_of(rule.condition):
            yield f"The rule {rule.name} names no column."
        if _is_too_long(rule):
            yield f"The names of the rule {rule.name} and its fields are too long: shorten it, or name fewer fields."


def _is_too_long(rule: Rule, within: str = "") -> bool:
    return len(rule.name) > LONGEST_RULE or len(", ".join((within, *rule.fields, rule.name))) > LONGEST_NAMES


def _problems_of_headers(definition: Definition) -> Iterator[str]:
    seen: dict[str, str] = {}
    for column in definition.columns.values():
        for header in column.headers:
            other = seen.setdefault(plain(header), column.name)
            if other != column.name:
                yield f"The header {header} leads to two columns, {other} and {column.name}."
    expected = {plain(header) for header in definition.headers}
    if expected:
        for column in definition.required_columns:
            if expected.isdisjoint(map(plain, column.headers)):
                yield f"Its headers leave out {column.name}, which each row needs."


def _problems_of_key(definition: Definition) -> Iterator[str]:
    for name in definition.key:
        column = definition.columns.get(name)
        if column is None:
            yield f"Its key names {name}, which isn't a column."
        elif isinstance(column, Many | Children):
            yield f"Its key names {name}, which holds several values."
        elif not column.written:
            yield f"Its key names {name}, which isn't written to the table."
    newer_by = definition.newer_by
    if bool(newer_by) != (definition.on_duplicate == "update_if_newer"):
        yield "on_duplicate=“update_if_newer” and newer_by, the column that tells which row is newer, go together."
    elif newer_by and not isinstance(definition.columns.get(newer_by), Date | DateTime | Numeric):
        yield f"newer_by names {newer_by}, which must be a column with a date, a time or a number."
    elif newer_by and not definition.columns[newer_by].written:
        yield f"newer_by names {newer_by}, which isn't written to the table."
