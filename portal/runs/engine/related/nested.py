"""Columns whose cell holds several values, taken out of the rows as rows of other tables. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from portal.importers import Column, Definition, Many
from portal.importers.nested import Nested
from portal.runs.engine.frames import ROW
from portal.runs.engine.target import RelatedRows


def nested_columns(definition: Definition, rows: pl.DataFrame) -> list[Nested]:
    """Those of the definition that `rows` have."""
    columns: Sequence[Column] = [definition.columns[name] for name in rows.columns if name in definition.columns]
    return [column for column in columns if isinstance(column, Nested)]


def taken_out(rows: pl.DataFrame, column: Nested) -> pl.DataFrame:
    """The values within the cells of `column`, a row for each, with the number of the row that it came from."""
    values = rows.select(ROW, column.name).explode(column.name).drop_nulls(column.name)
    if isinstance(column, Many):
        return values.rename({column.name: "entry"})
    return values.unnest(column.name)


def related_rows(values: pl.DataFrame, column: Nested, key: Sequence[str]) -> RelatedRows:
    """`values`, as they are to be written for `column` of an importer with that `key`."""
    links = isinstance(column, Many)
    if isinstance(column, Many):
        # Two entries may come to the same by their look-up.
        values = values.rename({"entry": column.other or column.name}).unique(maintain_order=True)
    link, refers_to = column.references(key)
    return RelatedRows(column.definition.table, link, refers_to, values, column.replace, links)
