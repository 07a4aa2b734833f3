"""The key of each row as it will be in the table: what tells whether two rows are about one thing. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from portal.importers import Definition
from portal.importers.dependents import with_inputs
from portal.runs.engine.interpreting import Cells, interpret


def typed_keys(
    frame: pl.DataFrame,
    headers: Sequence[str],
    mapping: Mapping[str, str],
    definition: Definition,
    also: Sequence[str] = (),
) -> pl.DataFrame | None:
    """The key columns of a chunk's frame, row for row, as they will be written, so that one key in two spellings is one
    key; null where a cell is none. None where the importer has no key, or the file has no column for a part of it. The
    columns `also` go along.

    Raises ImporterBroken when a part of the key can't be worked out for any row.
    """
    if not definition.key:
        return None
    names = [*definition.key, *also]
    needed = with_inputs(names, definition.columns)
    found = interpret(Cells(frame, headers, mapping, definition), names=needed)
    keys = found.with_inputs(names, definition)
    return None if keys is None else keys.select(list(dict.fromkeys(names)))
