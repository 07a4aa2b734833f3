"""Hooks that are called before rows are written: they change rows, leave them out or refuse them.

They are the importer's author's code, so all that they give is checked. What a hook raises for a row fails that row
alone; what one raises for a chunk or a run ends the run with its words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from sqlalchemy.exc import OperationalError

from portal.errors import PortalError
from portal.importers import Children, Definition, Many, RowError, RunFacts
from portal.importers.hooks import Hook
from portal.runs.engine import rules
from portal.runs.engine.authored import as_values, first_line
from portal.runs.engine.casting import dtype_of
from portal.runs.engine.explaining import ASK_AUTHOR, is_passing
from portal.runs.engine.frames import ROW
from portal.runs.engine.rules import Failure
from portal.runs.engine.validating import FailedCells
from portal.runs.models import IngestRun

MOST_WAYS = 50
"""Ways to refuse rows of one chunk that a hook can name; rows that it refuses in further ways are told of together."""


class HookBroken(PortalError):
    """A hook for a chunk or a run raised an error, or gave what can't be used."""

    def __init__(self, hook: str, words: str) -> None:
        super().__init__(f"The importer's {hook} {words}.", fix=ASK_AUTHOR)


@dataclass(frozen=True)
class Prepared:
    """`rows` are to be written, `failed` were refused by a hook, those numbered `left_out` are skipped for one."""

    rows: pl.DataFrame
    failed: list[FailedCells] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)


class RefusedRows:
    """Rows that `hook` refused, gathered by what is told of them."""

    def __init__(self, hook: str) -> None:
        self._hook = hook
        self._ways: dict[Failure, list[tuple[int, str | None]]] = {}

    def add(self, number: int, error: Exception, row: dict[str, Any]) -> None:
        """The hook raised `error` for the `row` with this number. Raises it again if it isn't about the row."""
        if isinstance(error, OperationalError) and is_passing(error):
            raise error
        failure, value = _failure(self._hook, error, row)
        if failure not in self._ways and len(self._ways) >= MOST_WAYS:
            failure, value = rules.refused_by_hook("", f"The importer's {self._hook} refused the row.", ""), str(error)
        self._ways.setdefault(failure, []).append((number, value))

    def cells(self) -> list[FailedCells]:
        return [_cells(failure, *zip(*rows, strict=True)) for failure, rows in self._ways.items()]


def facts_of(run: IngestRun) -> RunFacts:
    """What hooks are told of `run`, as it is now."""
    return RunFacts(
        id=run.id,
        importer=run.importer,
        dry_run=run.dry_run,
        original_filename=run.original_filename,
        status=run.status,
        total=run.total,
        successful=run.successful,
        failed=run.failed,
        skipped=run.skipped,
    )


def before_writing(good: pl.DataFrame, definition: Definition, facts: RunFacts) -> Prepared:
    """What `before_chunk`, then `before_row` make of the rows `good` (`_row` and a typed column for each to write).

    Raises HookBroken when `before_chunk` raises or gives what isn't the rows.
    """
    hooks = definition.hooks
    prepared = Prepared(good)
    if hooks.before_chunk and good.height:
        prepared = _before_chunk(good, definition, hooks.before_chunk, facts)
    if hooks.before_row and prepared.rows.height:
        by_row = _before_rows(prepared.rows, definition, hooks.before_row.offered(run=facts))
        return Prepared(by_row.rows, by_row.failed, prepared.left_out + by_row.left_out)
    return prepared


def called(hook: Hook, *given: object, **offered: object) -> Any:
    """What a hook for a chunk or a run gives. Raises HookBroken with what it raises, but trouble of the database as
    it is."""
    try:
        return hook.offered(**offered)(*given)
    except Exception as error:  # whatever the author's code raises
        if isinstance(error, OperationalError) and is_passing(error):
            raise
        raise HookBroken(hook.name, f"raised {type(error).__name__}: {first_line(error)}") from error


def _before_chunk(good: pl.DataFrame, definition: Definition, hook: Hook, facts: RunFacts) -> Prepared:
    given = called(hook, good, run=facts)
    if not isinstance(given, pl.DataFrame) or ROW not in given.columns:
        raise HookBroken(hook.name, f"must return the rows as a DataFrame that has the column {ROW}")
    if unknown := set(given.columns) - set(good.columns) - _written(definition):
        raise HookBroken(hook.name, f"gave a column {min(unknown)}, which isn't one to write")
    if given[ROW].is_duplicated().any() or not given[ROW].is_in(good[ROW].implode()).all():
        raise HookBroken(hook.name, "gave rows that it wasn't given")
    try:
        rows = given.cast({name: _dtype(good, name, definition) for name in given.columns}).sort(ROW)
    except pl.exceptions.PolarsError as error:
        raise HookBroken(hook.name, f"gave values of another kind: {first_line(error)}") from error
    if not set(definition.key) <= set(rows.columns) or _with_other_key(rows, good, definition).height:
        raise HookBroken(hook.name, "changed the key of a row, which must stay as it is")
    left_out = good[ROW].filter(~good[ROW].is_in(rows[ROW].implode()))
    return Prepared(rows.select(ROW, pl.exclude(ROW)), left_out=left_out.to_list())


def _before_rows(good: pl.DataFrame, definition: Definition, hook: Callable[..., Any]) -> Prepared:
    known, written = frozenset(good.columns[1:]), _written(definition)
    refused = RefusedRows("before_row")
    numbers: list[int] = []
    kept: list[dict[str, Any]] = []
    left_out: list[int] = []
    added: set[str] = set()
    for number, row in zip(good[ROW].to_list(), good.drop(ROW).iter_rows(named=True), strict=True):
        try:
            given = hook(row)
            if given is None:
                left_out.append(number)
                continue
            if given is not row:
                given = _merged(row, given)
            if given.keys() != known:
                added |= _added(given, known, written)
        except Exception as error:  # whatever the author's code raises
            refused.add(number, error, row)
        else:
            numbers.append(number)
            kept.append(given)
    there = good.filter(pl.col(ROW).is_in(pl.Series(numbers, dtype=pl.Int64).implode()))
    rows, misfits = _rebuilt(there, kept, sorted(added), definition)
    return Prepared(rows, [*refused.cells(), *misfits], left_out)


def _merged(row: dict[str, Any], given: object) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise TypeError("it must return the row, or None to leave it out")
    return row | given


def _added(given: dict[str, Any], known: frozenset[str], written: set[str]) -> set[str]:
    added = given.keys() - known
    if unknown := added - written:
        raise KeyError(f"{min(map(str, unknown))} isn't a column to write")
    return set(added)


def _rebuilt(
    there: pl.DataFrame, rows: list[dict[str, Any]], added: list[str], definition: Definition
) -> tuple[pl.DataFrame, list[FailedCells]]:
    """`there` with the values of `rows`, which are as many; without those that have values of another kind, or
    another key than before."""
    made, failed = there, []
    for name in [*there.columns[1:], *added]:
        values = [row.get(name) for row in rows]
        if name in added or values != there[name].to_list():
            series, misfits = _series(values, there, name, definition)
            made = made.with_columns(series)
            failed += [FailedCells(way.failure, *_of(there, way.rows)) for way in misfits]
    if definition.key and (other := _with_other_key(made, there, definition)).height:
        failed.append(_cells(rules.key_changed("before_row", definition.key), other[ROW], [None] * other.height))
    bad = pl.concat([cells.rows for cells in failed]) if failed else pl.Series(ROW, [], dtype=pl.Int64)
    return made.filter(~pl.col(ROW).is_in(bad.implode())), failed


def _series(values: list[Any], there: pl.DataFrame, name: str, definition: Definition) -> tuple[pl.Series, list[Any]]:
    column, dtype = definition.columns[name], _dtype(there, name, definition)
    if isinstance(column, Many | Children):
        try:
            return pl.Series(name, values, dtype=dtype), []
        except (TypeError, pl.exceptions.PolarsError) as error:
            raise HookBroken("before_row", f"gave {name} values of another kind: {first_line(error)}") from error
    series, misfits = as_values(values, column, dtype)
    return series.alias(name), misfits


def _of(there: pl.DataFrame, mask: pl.Series) -> tuple[pl.Series, pl.Series]:
    numbers = there[ROW].filter(mask)
    return numbers, pl.Series("value", [None] * len(numbers), dtype=pl.String)


def _with_other_key(rows: pl.DataFrame, before: pl.DataFrame, definition: Definition) -> pl.DataFrame:
    return rows.join(before, on=[ROW, *definition.key], how="anti", nulls_equal=True)


def _written(definition: Definition) -> set[str]:
    return {name for name, column in definition.columns.items() if column.written}


def _dtype(rows: pl.DataFrame, name: str, definition: Definition) -> pl.DataType:
    return rows[name].dtype if name in rows.columns else dtype_of(definition.columns[name])


def _failure(hook: str, error: Exception, row: dict[str, Any]) -> tuple[Failure, str | None]:
    if isinstance(error, RowError):
        value = row.get(error.field) if error.value is None else error.value
        return rules.refused_by_hook(error.field, error.message, error.fix), None if value is None else str(value)
    return rules.hook_raised(hook, type(error).__name__), first_line(error)


def _cells(failure: Failure, numbers: Any, values: Any) -> FailedCells:
    rows = pl.Series(ROW, numbers, dtype=pl.Int64)
    return FailedCells(failure, rows, pl.Series("value", values, dtype=pl.String))
