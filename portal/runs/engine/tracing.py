"""How one row became what it is: each step of each cell, and each rule that it was asked for. Pure but for look-ups.

It goes the way of all rows, alone and with a witness, so what it tells is what happens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from portal.importers import Definition
from portal.runs.engine.authored import Broken
from portal.runs.engine.checking import FindExisting
from portal.runs.engine.frames import ROW, cell
from portal.runs.engine.validating import Verdict, Witness, validate


@dataclass(frozen=True)
class Step:
    """What was done, in words, and what the cell or value was after it."""

    words: str
    value: object


@dataclass(frozen=True)
class Judgement:
    """A rule that the row was asked for. One that it breaks is the last that its column is asked for; `message` is
    then that of the failure."""

    rule: str
    passed: bool
    message: str = ""


@dataclass
class ColumnTrace:
    """One column: the header that leads to it (none where it is computed), its cell, what was done to it in order, and
    how it was judged."""

    name: str
    header: str | None
    raw: str | None
    steps: list[Step] = field(default_factory=list)
    judgements: list[Judgement] = field(default_factory=list)


@dataclass(frozen=True)
class RowTrace:
    """`columns` in the importer's order, `rules` across columns by name, and `written`: the values by column, None
    where the row fails."""

    columns: dict[str, ColumnTrace]
    rules: dict[str, list[Judgement]]
    written: dict[str, object] | None


def trace_row(
    cells: Sequence[str | None],
    headers: Sequence[str],
    mapping: Mapping[str, str],
    definition: Definition,
    find_existing: FindExisting,
) -> RowTrace:
    """What becomes of a row with `cells` in the order of `headers`; `mapping` is source header -> column.

    Duplicates and what the database may refuse are no part of it: they depend on other rows.
    Raises ImporterBroken when something that the importer's author wrote can't be worked out.
    """
    numbered = {ROW: pl.Series([1], dtype=pl.Int64)}
    frame = pl.DataFrame(
        numbered | {cell(place): pl.Series([text], dtype=pl.String) for place, text in enumerate(cells)}
    )
    witness = _Tracer(cells, headers, mapping, definition)
    verdict = validate(frame, headers, mapping, definition, find_existing, witness=witness)
    return RowTrace(witness.columns, witness.rules, _written(verdict, definition))


class _Tracer(Witness):
    def __init__(
        self,
        cells: Sequence[str | None],
        headers: Sequence[str],
        mapping: Mapping[str, str],
        definition: Definition,
    ) -> None:
        raw = dict(zip(headers, cells, strict=True))
        header_of = {name: header for header, name in mapping.items()}
        self.columns = {
            name: ColumnTrace(name, header_of.get(name), raw.get(header_of.get(name, "")))
            for name in definition.columns
        }
        self.rules: dict[str, list[Judgement]] = {rule.name: [] for rule in definition.rules}

    def changed(self, name: str, words: str, series: pl.Series) -> None:
        self.columns[name].steps.append(Step(words, series.to_list()[0]))

    def checked(self, name: str, check: Broken, open_rows: pl.Series | None) -> None:
        if open_rows is not None and not open_rows[0]:
            return
        passed = not check.rows.fill_null(False)[0]
        judgements = self.columns[name].judgements if name in self.columns else self.rules[name]
        judgements.append(Judgement(check.failure.rule, passed, "" if passed else check.failure.message))


def _written(verdict: Verdict, definition: Definition) -> dict[str, object] | None:
    if not verdict.good.height:
        return None
    values = verdict.good.drop(ROW).row(0, named=True)
    return {name: value for name, value in values.items() if definition.columns[name].written}
