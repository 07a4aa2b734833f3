"""Rows judged without a portal: a definition and cells in, values and failures out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from portal.importers import Column, Definition, Importer, Lookup
from portal.runs.engine.frames import ROW, cell
from portal.runs.engine.mapping import map_headers
from portal.runs.engine.validating import Verdict, validate


def definition_of(members: dict[str, Any], **settings: Any) -> Definition:
    """That of an importer with these columns and rules."""
    return type("Sample", (Importer,), dict(members), table="t", **settings).definition


def frame_of(rows: Sequence[Sequence[str | None]], width: int) -> pl.DataFrame:
    """A chunk's frame of `rows`, numbered from 1."""
    columns = {ROW: pl.Series(range(1, len(rows) + 1), dtype=pl.Int64)}
    cells = {cell(place): pl.Series([row[place] for row in rows], dtype=pl.String) for place in range(width)}
    return pl.DataFrame(columns | cells)


def find_all(_lookup: Lookup, _column: Column, values: pl.Series) -> pl.Series:
    """A look-up that finds all but values that begin with "un"."""
    return values.filter(~values.cast(pl.String).str.starts_with("un"))


def judged(definition: Definition, headers: Sequence[str], *rows: Sequence[str | None]) -> Verdict:
    """The verdict on `rows`."""
    mapping = map_headers(headers, definition).columns
    return validate(frame_of(rows, len(headers)), headers, mapping, definition, find_all)


def failures(verdict: Verdict) -> dict[int, list[str]]:
    """Row number -> keys of its failures."""
    found: dict[int, list[str]] = {}
    for group in verdict.failed:
        for number in group.rows:
            found.setdefault(number, []).append(group.failure.key)
    return {number: sorted(keys) for number, keys in found.items()}


def good(verdict: Verdict) -> dict[int, dict[str, Any]]:
    """Row number -> its values."""
    return {row.pop(ROW): row for row in verdict.good.to_dicts()}
