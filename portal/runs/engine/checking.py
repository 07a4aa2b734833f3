"""The rules of columns and rows as masks: for each rule, which rows break it. Pure but for the look-ups.

Look-ups ask through a function that the caller gives, so that this module needs no database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import polars as pl

from portal.importers import Children, Column, Definition, Lookup, Many, Rule, Text
from portal.importers.transforms import inputs_of
from portal.runs.engine import rules
from portal.runs.engine.authored import Broken
from portal.runs.engine.computing import holds
from portal.runs.engine.interpreting import Interpreted
from portal.runs.engine.rules import Failure, in_own_words

FindExisting = Callable[[Lookup, Column, pl.Series], pl.Series]
"""Which of the distinct values of a column are found by its look-up."""


def column_checks(
    found: Interpreted, column: Column, definition: Definition, find_existing: FindExisting
) -> Iterator[Broken]:
    """Each rule of a column; a row is to count for the first that it breaks only."""
    text, value = found.texts[column.name], found.values[column.name]
    given = text.is_not_null()
    for broken in found.broken.get(column.name, ()):
        yield replace(broken, failure=in_own_words(broken.failure, column))
    if definition.requires(column):
        used = found.used.get(column.name) if column.name not in definition.key else None
        yield _check(column, rules.required(column), ~given if used is None else ~given & used)
    if not isinstance(column, Text) and not column.value_steps:
        yield _check(column, rules.wrong_type(column), given & value.is_null())
    if column.pattern:
        yield _check(column, rules.wrong_pattern(column), given & ~text.str.contains(f"^(?:{column.pattern})$"))
    yield from _limit_checks(column, value)
    if column.lookup and not column.lookup.create_missing and not isinstance(column, Many):
        existing = find_existing(column.lookup, column, value.drop_nulls().unique())
        lost = value.is_not_null() & ~value.is_in(existing.implode())
        yield _check(column, rules.not_found(column, column.lookup), lost)
    if definition.table_by and definition.table_by.column == column.name:
        tables = list(definition.table_by.tables)
        yield _check(column, rules.no_table(column, tables), value.is_not_null() & ~value.is_in(tables))


def condition_checks(found: Interpreted, column: Column, definition: Definition) -> Iterator[Broken]:
    """Whether the column has a value where its `required_if` asks for one. It asks in a file without it, too."""
    if column.required_if is None or column.default is not None:
        return
    inputs = found.with_inputs(inputs_of(column.required_if), definition)
    if inputs is None:
        return
    what, failure = f"condition of the column {column.name}", partial(rules.raised, column)
    truth, broken = holds(inputs, column.required_if, what, failure)
    for way in broken:
        yield _check(column, way.failure, way.rows)
    there = column.name in found.texts.columns
    missing = found.texts[column.name].is_null() if there else pl.repeat(True, len(truth), eager=True)
    yield _check(column, rules.required(column), truth & missing)


def rule_checks(found: Interpreted, rule: Rule, definition: Definition) -> Iterator[Broken]:
    """Whether rows fulfil the rule; nothing where the file lacks one of its columns."""
    inputs = found.with_inputs(inputs_of(rule.condition), definition)
    if inputs is None:
        return
    truth, broken = holds(inputs, rule.condition, f"rule {rule.name}", partial(rules.rule_raised, rule))
    yield from broken
    yield Broken(rules.broken_rule(rule), ~truth)


def _limit_checks(column: Column, value: pl.Series) -> Iterator[Broken]:
    minimum, maximum = getattr(column, "minimum", None), getattr(column, "maximum", None)
    if minimum is not None:
        yield _check(column, rules.too_small(column, minimum), _measure(column, value) < minimum)
    if maximum is not None:
        yield _check(column, rules.too_large(column, maximum), _measure(column, value) > maximum)


def _measure(column: Column, value: pl.Series) -> pl.Series:
    match column:
        case Text():
            return value.str.len_chars()
        case Many() | Children():
            return value.list.len()
        case _:
            return value


def _check(column: Column, failure: Failure, rows: pl.Series) -> Broken:
    return Broken(in_own_words(failure, column), rows)
