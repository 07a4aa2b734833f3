"""From raw cells to typed values, all rows at once: trimmed, changed, read, computed. Nothing is judged here.

Columns whose value depends on others come after these, in the order that their definition knows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import polars as pl

from portal.importers import Column, Definition
from portal.importers.dependents import value_inputs
from portal.runs.engine import rules
from portal.runs.engine.authored import Broken
from portal.runs.engine.casting import cast_values, dtype_of
from portal.runs.engine.computing import computed, holds
from portal.runs.engine.frames import ROW, cell
from portal.runs.engine.transforming import Note, adjusted, finite, transformed, unnoted


@dataclass(frozen=True)
class Cells:
    """A chunk's frame with what its cells are: `mapping` is source header -> column of `definition`."""

    frame: pl.DataFrame
    headers: Sequence[str]
    mapping: Mapping[str, str]
    definition: Definition

    @property
    def by_column(self) -> dict[str, str]:
        """Column -> its cells' name in the frame."""
        return {name: cell(self.headers.index(header)) for header, name in self.mapping.items()}

    def of(self, names: Collection[str]) -> Cells:
        """Those of the columns `names` alone."""
        return replace(self, mapping={header: name for header, name in self.mapping.items() if name in names})


@dataclass
class Interpreted:
    """What cells mean. `raw` are the cells as they came, `texts` the same made ready, null where they are missing,
    `values` what they mean, null where they mean nothing of the kind that the column wants.

    `broken` names by column what failed on the way, `used` the rows in which a column with `used_if` counts.
    """

    rows: pl.Series
    raw: dict[str, pl.Series]
    texts: pl.DataFrame
    values: pl.DataFrame
    broken: dict[str, list[Broken]] = field(default_factory=dict)
    used: dict[str, pl.Series] = field(default_factory=dict)

    def add(self, other: Interpreted) -> None:
        """Take in further columns."""
        self.raw |= other.raw
        self.texts = self.texts.hstack(other.texts)
        self.values = self.values.hstack(other.values)
        for name, broken in other.broken.items():
            self.broken.setdefault(name, []).extend(broken)

    def with_inputs(self, names: Collection[str], definition: Definition) -> pl.DataFrame | None:
        """The values of `names` as they will be written, defaults included; None where the rows don't speak of all."""
        there = [name for name in dict.fromkeys(names) if name in self.values.columns]
        if any(name not in there and definition.columns[name].default is None for name in names):
            return None
        values = self.rows.to_frame().hstack(self.values.select(there)) if there else self.rows.to_frame()
        return with_defaults(values, definition, names)


def interpret(cells: Cells, *, names: Collection[str] | None = None, note: Note = unnoted) -> Interpreted:
    """What `cells` mean, by column; of the columns `names` alone where they are given.

    A column that depends on others is there when all of these are, or have a default.
    Raises ImporterBroken when something that the importer's author wrote can't be worked out.
    """
    definition = cells.definition
    wanted = definition.columns.keys() if names is None else names
    found = _read(cells.of([name for name in wanted if name not in definition.dependents]), note)
    for name in definition.dependents:
        if name in wanted:
            _add_dependent(found, cells, definition.columns[name], note)
    return found


def with_defaults(values: pl.DataFrame, definition: Definition, names: Iterable[str]) -> pl.DataFrame:
    """`values` with the defaults of the columns `names` where a cell is missing, or the whole column."""
    defaults = {name: pl.lit(definition.columns[name].default) for name in names}
    return values.with_columns(
        (pl.col(name).fill_null(default) if name in values.columns else default).alias(name)
        for name, default in defaults.items()
        if definition.columns[name].default is not None
    )


def _read(cells: Cells, note: Note) -> Interpreted:
    columns = cells.definition.columns
    raw = {name: cells.frame[place] for name, place in cells.by_column.items()}
    texts = _cleaned(cells, note)
    changing = [name for name in texts.columns if columns[name].text_steps]
    changed = {name: transformed(texts[name], columns[name], note) for name in changing}
    texts = texts.with_columns(text for text, _ in changed.values()) if changed else texts
    values = cast_values(texts, cells.definition)
    broken = {name: broken for name, (_, broken) in changed.items()}
    found = Interpreted(cells.frame[ROW], raw, texts, values, broken)
    for name in texts.columns:
        note(name, f"read as {columns[name].type_name}", values[name])
        if columns[name].value_steps:
            _adjust(found, columns[name], note)
    return found


def _cleaned(cells: Cells, note: Note) -> pl.DataFrame:
    """The mapped cells under their column names, trimmed, null where they mean "missing"."""
    columns = cells.definition.columns
    trimmed = cells.frame.select(
        _trimmed(pl.col(place), columns[name]).alias(name) for name, place in cells.by_column.items()
    )
    # In a step of its own: in one with the trimming, Polars would trim each cell once for every comparison.
    texts = trimmed.select(_without_missing(columns[name], cells.definition) for name in trimmed.columns)
    for name in texts.columns:
        if columns[name].trim:
            note(name, "trimmed", trimmed[name])
        note(name, "taken as missing" if texts[name].null_count() else "given", texts[name])
    return texts


def _trimmed(raw: pl.Expr, column: Column) -> pl.Expr:
    return raw.str.strip_chars() if column.trim else raw


def _without_missing(column: Column, definition: Definition) -> pl.Expr:
    text = pl.col(column.name)
    return pl.when(~text.is_in(["", *definition.missing_values(column)])).then(text)


def _adjust(found: Interpreted, column: Column, note: Note) -> None:
    """Do the steps of `after`. What can't be read is named before, since a step may give null itself."""
    values = found.values[column.name]
    unreadable = found.texts[column.name].is_not_null() & values.is_null()
    adjusted_values, broken = adjusted(values, column, note)
    found.values = found.values.with_columns(adjusted_values)
    found.broken.setdefault(column.name, []).extend([Broken(rules.wrong_type(column), unreadable), *broken])


def _add_dependent(found: Interpreted, cells: Cells, column: Column, note: Note) -> None:
    """Add `column`, which is computed or used in some rows only, if what it depends on is there."""
    place = cells.by_column.get(column.name)
    inputs = found.with_inputs(value_inputs(column), cells.definition)
    if inputs is None or (place is None and column.computed is None):
        return
    broken: list[Broken] = []
    if column.computed is not None:
        raw, broken = computed(inputs, column, dtype_of(column))
        note(column.name, f"computed: {column.computed}", raw)
    else:
        raw = cells.frame[str(place)]
    if column.used_if is not None:
        raw, failures = _used_cells(found, inputs, raw, column)
        note(column.name, f"used if {column.used_if}", raw)
        broken = broken + failures
    found.broken[column.name] = broken
    found.add(_read_raw(found.rows, raw, cells.definition, column, note))


def _used_cells(
    found: Interpreted, inputs: pl.DataFrame, raw: pl.Series, column: Column
) -> tuple[pl.Series, list[Broken]]:
    if column.used_if is None:
        return raw, []
    what, failure = f"condition of the column {column.name}", partial(rules.raised, column)
    truth, broken = holds(inputs, column.used_if, what, failure)
    found.used[column.name] = truth.fill_null(False)
    return raw.zip_with(found.used[column.name], raw.clear(len(raw))), broken


def _read_raw(rows: pl.Series, raw: pl.Series, definition: Definition, column: Column, note: Note) -> Interpreted:
    """Texts are read like the cells of a file; anything else is a value already."""
    name = column.name
    if raw.dtype == pl.String:
        return _read(Cells(pl.DataFrame({ROW: rows, cell(0): raw}), [name], {name: name}, definition), note)
    values, broken = finite(raw.alias(name), column)
    texts = values.cast(pl.String)
    found = Interpreted(rows, {name: texts}, texts.to_frame(), values.to_frame(), {name: broken})
    if column.value_steps:
        _adjust(found, column, note)
    return found
