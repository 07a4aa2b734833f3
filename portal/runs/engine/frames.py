"""The shape of a chunk's frame. One place, since staging writes it and validation reads it.

A chunk holds the source's cells as text, one column for each source header, named by position (`c0`, `c1`,
...) since headers may be anything; `_row` is the row's number in the source (1 is the first below the
header), in a retry or a correction the one that it had in the run before; `_problem` is there when the chunk has
malformed lines: what is wrong with the line, else null.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from portal.reading import Malformed

ROW = "_row"
PROBLEM = "_problem"


def cell(position: int) -> str:
    """The name of the frame's column for the header at `position`."""
    return f"c{position}"


def chunk_frame(rows: pl.DataFrame, row_numbers: pl.Series) -> pl.DataFrame:
    """A frame of well-formed rows: `rows` with any column names, in the order of the headers."""
    cells = rows.rename({name: cell(position) for position, name in enumerate(rows.columns)})
    return cells.insert_column(0, row_numbers.cast(pl.Int64).alias(ROW))


def malformed_frame(lines: Sequence[Malformed], width: int) -> pl.DataFrame:
    """A frame of malformed lines, their fields put as far as they go; what is beyond goes to the last cell."""
    columns: dict[str, list[object]] = {ROW: [line.row_number for line in lines]}
    fields = [_fit(line.fields, width) for line in lines]
    for position in range(width):
        columns[cell(position)] = [row[position] for row in fields]
    columns[PROBLEM] = [line.message for line in lines]
    schema = {
        ROW: pl.Int64(),
        **{cell(position): pl.String() for position in range(width)},
        PROBLEM: pl.String(),
    }
    return pl.DataFrame(columns, schema=schema)


def joined(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """The rows of all `frames` in order of their numbers."""
    if len(frames) == 1:
        return frames[0]
    return pl.concat(frames, how="diagonal").sort(ROW)


def cells_json(frame: pl.DataFrame) -> pl.Series:
    """Each row's raw cells as a JSON array, in the order of the headers."""
    cells = pl.concat_list(cell(position) for position in range(_width(frame))).alias("cells")
    # Polars writes JSON of structs alone, so the array is taken out of an object that holds nothing else.
    packed = pl.struct(cells).struct.json_encode()
    return frame.select(packed.str.strip_prefix('{"cells":').str.strip_suffix("}").alias("cells")).to_series()


def frame_of_cells(numbers: Sequence[int], cells: Sequence[str], width: int) -> pl.DataFrame:
    """The frame of rows whose `cells` were written by `cells_json`; `width` is the number of headers."""
    lists = pl.Series("cells", cells, dtype=pl.String).str.json_decode(pl.List(pl.String)).to_frame()
    columns = [pl.col("cells").list.get(position).alias(cell(position)) for position in range(width)]
    return lists.select(pl.Series(ROW, numbers, dtype=pl.Int64), *columns)


def _width(frame: pl.DataFrame) -> int:
    return sum(name not in (ROW, PROBLEM) for name in frame.columns)


def _fit(fields: Sequence[str], width: int) -> list[str]:
    if len(fields) <= width:
        return [*fields, *[""] * (width - len(fields))]
    return [*fields[: width - 1], ",".join(fields[width - 1 :])]
