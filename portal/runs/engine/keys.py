"""The key of each row as it will be in the table: what tells whether two rows are about one thing. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from portal.importers import Definition
from portal.runs.engine.casting import cast_values
from portal.runs.engine.frames import ROW
from portal.runs.engine.validating import cleaned, with_defaults


def typed_keys(
    frame: pl.DataFrame, headers: Sequence[str], mapping: Mapping[str, str], definition: Definition
) -> pl.DataFrame | None:
    """The key columns of a chunk's frame, row for row, trimmed and cast, so that one key in two spellings is one
    key; null where a cell is none. None where the importer has no key, or the file has no column for a part of it.
    """
    mapped = {header: name for header, name in mapping.items() if name in definition.key}
    known = {*mapped.values(), *(name for name in definition.key if definition.columns[name].default is not None)}
    if not definition.key or not known.issuperset(definition.key):
        return None
    values = frame.select(ROW)
    if mapped:
        values = values.hstack(cast_values(cleaned(frame, headers, mapped, definition), definition))
    return with_defaults(values, definition, definition.key).select(definition.key)
