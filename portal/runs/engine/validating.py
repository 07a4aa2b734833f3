"""Validation: raw cells in, typed values and failures out, all rows at once. Pure but for the look-ups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from portal.importers import Children, Column, Definition, Many
from portal.importers.dependents import value_inputs
from portal.importers.transforms import inputs_of
from portal.runs.engine import rules
from portal.runs.engine.authored import Broken
from portal.runs.engine.checking import FindExisting, column_checks, condition_checks, rule_checks
from portal.runs.engine.frames import PROBLEM, ROW
from portal.runs.engine.interpreting import Cells, Interpreted, interpret, with_defaults
from portal.runs.engine.nesting import Unpacked, numbered, packed, unpacked
from portal.runs.engine.rules import Failure


@dataclass(frozen=True)
class FailedCells:
    """The rows that fail in one way: row numbers (Int64) and the raw values (text or null), side by side."""

    failure: Failure
    rows: pl.Series
    values: pl.Series


@dataclass(frozen=True)
class Verdict:
    """`good` has `_row` and a typed column for each column to write; `failed` names the rest, why and where.

    A row may fail in several fields; `bad_rows` has each failed row's number once.
    """

    good: pl.DataFrame
    failed: list[FailedCells]
    bad_rows: pl.Series


class Witness:
    """Is told of all that is done to the rows. This one doesn't care; see `tracing` for one that does."""

    def changed(self, name: str, words: str, series: pl.Series) -> None:
        """The column `name` has become `series`, by what `words` say."""

    def checked(self, name: str, check: Broken, open_rows: pl.Series | None) -> None:
        """The column or rule `name` was checked, in `open_rows` alone where they are given."""


def validate(
    frame: pl.DataFrame,
    headers: Sequence[str],
    mapping: Mapping[str, str],
    definition: Definition,
    find_existing: FindExisting,
    *,
    witness: Witness | None = None,
) -> Verdict:
    """Part the rows of a chunk's frame into those to write and those that failed.

    `mapping` is source header -> column name. Columns that it doesn't name are left out of what is written,
    unless they have a default: an update must not empty what the file doesn't speak of.

    Raises ImporterBroken when something that the importer's author wrote can't be worked out for any row.
    """
    witness = witness or Witness()
    found = interpret(Cells(frame, headers, mapping, definition), note=witness.changed)
    judging = _Judging(frame, found, witness)
    for name in found.texts.columns:
        column = definition.columns[name]
        if isinstance(column, Many | Children):
            _judge_within(found, column, find_existing)
        judging.judge(name, column_checks(found, column, definition, find_existing), value_inputs(column))
    for name, column in definition.columns.items():
        judging.judge(name, condition_checks(found, column, definition), [name, *inputs_of(column.required_if)])
    for rule in definition.rules:
        judging.judge(rule.name, rule_checks(found, rule, definition), inputs_of(rule.condition), rule.fields)
    bad_rows = _all_rows(judging.failed)
    return Verdict(_good_rows(found, bad_rows, definition), judging.failed, bad_rows)


class _Judging:
    """The failures found so far, and in which rows each column is sound."""

    def __init__(self, frame: pl.DataFrame, found: Interpreted, witness: Witness) -> None:
        self._found, self._witness = found, witness
        self._well_formed = frame[PROBLEM].is_null() if PROBLEM in frame.columns else None
        self._sound: dict[str, pl.Series | None] = {}
        self.failed = list(_malformed(frame))

    def judge(self, name: str, checks: Iterable[Broken], needs: Iterable[str], fields: Sequence[str] = ()) -> None:
        """Let rows fail for the first of `checks` that they break, if all columns that it `needs` are sound in them.
        With a failure goes the raw cell of `name`, or the cells of `fields`."""
        open_rows = self._well_formed
        for needed in needs:
            open_rows = _both(open_rows, self._sound.get(needed))
        for check in checks:
            self._witness.checked(name, check, open_rows)
            mask = check.rows.fill_null(False)
            if open_rows is not None:
                mask = mask & open_rows
            if mask.any():
                values = self._raw(fields or [name]) if check.values is None else check.values
                self.failed.append(FailedCells(check.failure, self._found.rows.filter(mask), values.filter(mask)))
                open_rows = _both(open_rows, ~mask)
        self._sound[name] = _both(self._sound.get(name), open_rows)

    def _raw(self, names: Sequence[str]) -> pl.Series:
        raw = [self._found.raw[name].alias(name) for name in names if name in self._found.raw]
        if not raw:
            return pl.Series([None], dtype=pl.String).new_from_index(0, len(self._found.rows))
        if len(raw) == 1:
            return raw[0]
        return pl.DataFrame(raw).select(pl.concat_str(pl.all(), separator=", ", ignore_nulls=True)).to_series()


def _both(one: pl.Series | None, other: pl.Series | None) -> pl.Series | None:
    """Both masks at once; None is the mask of all rows."""
    if one is None or other is None:
        return other if one is None else one
    return one & other


def _judge_within(found: Interpreted, column: Many | Children, find_existing: FindExisting) -> None:
    """Judge the values within the cells of `column` by themselves, and put those that are good in their place."""
    text = found.texts[column.name]
    parts = unpacked(text, column)
    verdict = validate(parts.frame, parts.headers, parts.mapping, parts.definition, find_existing)
    found.values = found.values.with_columns(packed(verdict.good, parts, text))
    broken = [_broken_parents(column, parts, failed, len(text)) for failed in verdict.failed]
    found.broken.setdefault(column.name, []).extend(broken)


def _broken_parents(column: Column, parts: Unpacked, failed: FailedCells, height: int) -> Broken:
    """The first of the values that fail so stands for its row."""
    values = failed.values if isinstance(column, Many) else numbered(parts, failed.rows, failed.values)
    owners = pl.DataFrame({"place": parts.parents.gather(failed.rows), "value": values})
    firsts = owners.unique("place", keep="first", maintain_order=True)
    rows = pl.repeat(False, height, eager=True).scatter(firsts["place"], True)
    values = pl.Series([None] * height, dtype=pl.String).scatter(firsts["place"], firsts["value"])
    return Broken(rules.of_child(column, failed.failure), rows, values)


def _malformed(frame: pl.DataFrame) -> Iterator[FailedCells]:
    if PROBLEM in frame.columns and (bad := frame.filter(pl.col(PROBLEM).is_not_null())).height:
        yield FailedCells(rules.MALFORMED, bad[ROW], bad[PROBLEM])


def _all_rows(failed: list[FailedCells]) -> pl.Series:
    if not failed:
        return pl.Series(ROW, [], dtype=pl.Int64)
    return pl.concat([cells.rows for cells in failed]).unique().sort()


def _good_rows(found: Interpreted, bad_rows: pl.Series, definition: Definition) -> pl.DataFrame:
    carried = definition.carried
    values = found.values.select(name for name in found.values.columns if name in carried)
    good = found.rows.to_frame().hstack(values)
    if len(bad_rows):
        good = good.filter(~pl.col(ROW).is_in(bad_rows.implode()))
    return with_defaults(good, definition, carried)
