"""Cells that hold several values: taken apart into rows of their own, which are judged like all rows, and put together.

JSON is read by Python's own reader, a cell at a time: it keeps numbers as they are written, says which cell is wrong,
and takes a row's fields by any of their headers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from portal.importers import Children, Column, Definition, Many
from portal.importers.headers import plain
from portal.runs.engine.frames import ROW, cell


@dataclass(frozen=True)
class Unpacked:
    """The values within the cells of one column, as a chunk's frame of their own.

    `frame` has a row for each, numbered from 0, with cells in the order of `headers`; `parents` tells for each the
    position of the row that it came from. `readable` is false for given cells that can't be taken apart.
    """

    definition: Definition
    frame: pl.DataFrame
    headers: list[str]
    parents: pl.Series
    readable: pl.Series

    @property
    def mapping(self) -> dict[str, str]:
        return {name: name for name in self.headers}


def unpacked(text: pl.Series, column: Many | Children) -> Unpacked:
    """What the cells `text` hold."""
    return _entries(text, column) if isinstance(column, Many) else _rows(text, column)


def packed(good: pl.DataFrame, parts: Unpacked, text: pl.Series) -> pl.Series:
    """The values `good` of `parts`, as lists beside `text`: null where the cell is, or can't be taken apart."""
    values = good.drop(ROW)
    packed_values = values["entry"] if "entry" in parts.headers else values.to_struct("entry")
    owners = parts.parents.gather(good[ROW])
    lists = pl.DataFrame({"parent": owners, "entry": packed_values}).group_by("parent").agg(pl.col("entry"))
    places = pl.DataFrame({"parent": pl.int_range(len(text), dtype=pl.Int64, eager=True)})
    joined = places.join(lists, on="parent", how="left", maintain_order="left")["entry"]
    empty = pl.Series([[]] * len(text), dtype=joined.dtype)
    there = text.is_not_null() & parts.readable
    return joined.zip_with(joined.is_not_null(), empty).zip_with(there, joined.clear(len(text))).alias(text.name)


def numbered(parts: Unpacked, rows: pl.Series, values: pl.Series) -> pl.Series:
    """The `values` of the `rows` of `parts`, with the place of each among those of its cell: "item 2: x"."""
    places = parts.parents.to_frame("parent").select(pl.int_range(1, pl.len() + 1).over("parent")).to_series()
    told = pl.DataFrame({"item": "item " + places.gather(rows).cast(pl.String), "value": values})
    return told.select(pl.concat_str("item", "value", separator=": ", ignore_nulls=True)).to_series()


def _entries(text: pl.Series, column: Many) -> Unpacked:
    trimmed = text.str.split(column.separator).list.eval(pl.element().str.strip_chars())
    lists = trimmed.list.eval(pl.element().filter(pl.element() != "")).list.unique(maintain_order=True)
    places = pl.int_range(len(text), dtype=pl.Int64, eager=True)
    entries = pl.DataFrame({"parent": places, "entry": lists}).explode("entry").drop_nulls("entry")
    everything = pl.Series([True] * len(text), dtype=pl.Boolean)
    return _framed(column.definition, {"entry": entries["entry"]}, entries["parent"], everything)


def _rows(text: pl.Series, column: Children) -> Unpacked:
    columns = column.definition.file_columns
    parents: list[int] = []
    cells: dict[str, list[str | None]] = {child.name: [] for child in columns}
    readable = []
    for place, given in enumerate(text.to_list()):
        objects = [] if given is None else _objects(given)
        readable.append(objects is not None)
        for item in objects or ():
            parents.append(place)
            fields = {plain(key): value for key, value in item.items()}
            for child in columns:
                cells[child.name].append(_field(fields, child))
    series = {name: pl.Series(values, dtype=pl.String) for name, values in cells.items()}
    return _framed(column.definition, series, pl.Series(parents, dtype=pl.Int64), pl.Series(readable, dtype=pl.Boolean))


def _framed(definition: Definition, cells: dict[str, pl.Series], parents: pl.Series, readable: pl.Series) -> Unpacked:
    numbers = pl.int_range(len(parents), dtype=pl.Int64, eager=True)
    frame = pl.DataFrame({ROW: numbers} | {cell(place): series for place, series in enumerate(cells.values())})
    return Unpacked(definition, frame, list(cells), parents, readable)


def _objects(text: str) -> list[dict[str, Any]] | None:
    """The objects of a JSON array; None where it is none."""
    try:
        found = json.loads(text, parse_int=str, parse_float=str)
        if "\\u" in text:
            json.dumps(found, ensure_ascii=False).encode()  # refuses half a pair of surrogates, which is no character
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) and all(isinstance(item, dict) for item in found) else None


def _field(fields: Mapping[str, Any], column: Column) -> str | None:
    value = next((fields[plain(header)] for header in column.headers if plain(header) in fields), None)
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
