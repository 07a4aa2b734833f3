"""Which of an importer's tables each row goes to. Pure."""

from __future__ import annotations

import polars as pl

from portal.importers import Definition


def chosen_tables(rows: pl.DataFrame, definition: Definition) -> pl.Series:
    """The table of each of `rows`, which are good ones with the columns that the definition carries."""
    chosen = definition.table_by
    if chosen is None or chosen.column not in rows.columns:
        return pl.Series([definition.table], dtype=pl.String).new_from_index(0, rows.height)
    return rows[chosen.column].replace_strict(dict(chosen.tables), default=definition.table, return_dtype=pl.String)
