"""The beginning of a sample file as a table of texts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from portal.errors import BadInput
from portal.importers import Format
from portal.reading import UnreadableFile, inspect, read

SAMPLE_ROWS = 10_000
"""Rows that are looked at."""


@dataclass(frozen=True)
class Sample:
    """`rows` has a column of text for each header, in the file's order, at most SAMPLE_ROWS rows."""

    name: str
    rows: pl.DataFrame


def read_sample(path: Path, format: Format | None = None) -> Sample:
    """The beginning of the file at `path`. Raises BadInput where it can't be read, with what to do."""
    try:
        with path.open("rb") as file:
            layout = inspect(file, format)
            pieces: list[pl.DataFrame] = []
            for piece in read(file, layout):
                pieces.append(piece.rows)
                if sum(rows.height for rows in pieces) >= SAMPLE_ROWS:
                    break
    except OSError as error:
        raise BadInput(f"{path} can't be read: {error.strerror}.") from error
    except UnreadableFile as error:
        raise BadInput(error.message, fix=error.fix) from None
    return Sample(path.name, pl.concat(pieces).head(SAMPLE_ROWS))
