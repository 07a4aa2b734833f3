"""The process that converts a file to rows of text. Run as a script, by its path: to import it as a part of the
portal would load the web framework and the database first. The process that starts it sets its limits.

It reads one request (JSON) from its standard input and writes messages, each a letter, its length and its content:

    H  {"headers": [...], "sheet": ...}
    R  an Arrow stream: the rows' numbers, then one column of text for each header
    M  [row number, ...] of rows that are too long to be taken
    P  {"problem": code, ...} instead of what would come next
    E  the end
"""

import io
import json
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl

MESSAGE = struct.Struct(">cQ")
BATCH_ROWS = 20_000
BATCH_CELLS = 500_000

Request = dict[str, Any]


class Problem(Exception):
    """Why the file can't be converted: a code, and what its sentence needs."""

    def __init__(self, code: str, **values: Any) -> None:
        self.values = {"problem": code} | values


def main() -> None:
    """Convert what the request asks for."""
    request = json.loads(sys.stdin.buffer.readline())
    try:
        CONVERTERS[request["format"]](request)
        send(b"E", b"")
    except Problem as problem:
        send(b"P", json.dumps(problem.values).encode())
    except MemoryError:
        send(b"P", b'{"problem": "memory"}')


def send(kind: bytes, content: bytes) -> None:
    sys.stdout.buffer.write(MESSAGE.pack(kind, len(content)))
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def send_headers(names: Sequence[str], sheet: str | None = None) -> None:
    send(b"H", json.dumps({"headers": names, "sheet": sheet}).encode())


def send_rows(rows: pl.DataFrame, first: int, longest: int) -> None:
    """`rows` are columns of text, `first` is the number of the first of them."""
    rows = rows.insert_column(0, pl.int_range(first, first + rows.height, eager=True).alias("_row"))
    if rows.estimated_size() > longest:
        size = pl.sum_horizontal(pl.exclude("_row").str.len_bytes().cast(pl.Int64))
        if too_long := rows.filter(size > longest)["_row"].to_list():
            send(b"M", json.dumps(too_long).encode())
            rows = rows.filter(size <= longest)
    packed = io.BytesIO()
    rows.write_ipc_stream(packed, compat_level=pl.CompatLevel.newest())
    send(b"R", packed.getvalue())


# Workbooks


def convert_workbook(request: Request) -> None:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        with CalamineWorkbook.from_path(request["path"]) as workbook:
            name, sheet = _chosen_sheet(workbook, request["sheet"])
            if sheet.width > request["most_columns"]:
                raise Problem("columns")
            _send_sheet(name, sheet, request)
    except PasswordError:
        raise Problem("protected") from None
    except CalamineError as error:
        raise Problem("damaged", reason=str(error)) from None


def _chosen_sheet(workbook: Any, wanted: str | int | None) -> tuple[str, Any]:
    names = [sheet.name for sheet in workbook.sheets_metadata]
    found = names.index(wanted) + 1 if wanted in names else wanted
    if isinstance(found, int) and found <= len(names):
        return names[found - 1], workbook.get_sheet_by_index(found - 1)
    if wanted is not None:
        raise Problem("sheet", wanted=str(wanted), names=names)
    for place, name in enumerate(names):
        sheet = workbook.get_sheet_by_index(place)
        if sheet.start is not None:
            return name, sheet
    raise Problem("empty")


def _send_sheet(name: str, sheet: Any, request: Request) -> None:
    place, names = _header_row(sheet, request["header_row"])
    # A column with neither name nor values is a margin, one that has values must be told.
    bare = {position for position, text in enumerate(names) if not text}
    kept = sorted(set(range(len(names))) - (bare - _with_values(sheet, place, bare) if bare else bare))
    rows = ([row[position] for position in kept] for row in _filled_rows(sheet, place))
    first = next(rows, None)
    if first is None:
        raise Problem("headers_only")
    send_headers([names[position] for position in kept], name)
    number = 1
    for batch in _batches(first, rows):
        columns = enumerate(zip(*batch, strict=True))
        frame = pl.DataFrame([pl.Series(str(at), cells, dtype=pl.String) for at, cells in columns])
        send_rows(frame, number, request["longest"])
        number += len(batch)


def _header_row(sheet: Any, wanted: int | None) -> tuple[int, list[str]]:
    """The position of the row of the headers, from 0, and their names."""
    for place, row in enumerate(sheet.iter_rows()):
        names = [cell_text(value).strip() for value in row]
        if (any(names) and wanted is None) or place + 1 == wanted:
            if not any(names):
                break
            return place, names
    raise Problem("header_row", number=wanted) if wanted else Problem("empty")


def _with_values(sheet: Any, place: int, columns: set[int]) -> set[int]:
    """Those of `columns` that have a value below the row at `place`."""
    found: set[int] = set()
    for row in _filled_rows(sheet, place):
        found |= {position for position in columns - found if row[position]}
    return found


def _filled_rows(sheet: Any, place: int) -> Iterator[list[str]]:
    """The rows below that at `place`, without the empty ones at the end."""
    rows = sheet.iter_rows()
    for _ in range(place + 1):
        next(rows)
    empty = 0
    for values in rows:
        row = [cell_text(value) for value in values]
        if not any(row):
            empty += 1
            continue
        for _ in range(empty):
            yield [""] * len(row)
        empty = 0
        yield row


def _batches(first: list[str], rows: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    most = max(1, min(BATCH_ROWS, BATCH_CELLS // len(first)))
    batch = [first]
    for row in rows:
        if len(batch) == most:
            yield batch
            batch = []
        batch.append(row)
    yield batch


def cell_text(value: Any) -> str:
    """A cell as text: numbers as a spreadsheet shows them, to 15 digits; times as ISO 8601."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return _duration(value)
    return str(value)


def _duration(value: timedelta) -> str:
    """Hours, minutes and seconds, as a spreadsheet writes them: 51:00:00."""
    minutes, seconds = divmod(round(abs(value.total_seconds())), 60)
    sign = "-" if value < timedelta() else ""
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


# Parquet


def convert_parquet(request: Request) -> None:
    try:
        file = pl.scan_parquet(request["path"], glob=False, hive_partitioning=False)
        schema = file.collect_schema()
        columns = [column for name, kind in schema.items() for column in _text_columns(name, pl.col(name), kind)]
        if len(columns) > request["most_columns"]:
            raise Problem("columns")
        if not file.select(pl.len()).collect().item():
            raise Problem("headers_only")
        send_headers([header for header, _ in columns])
        texts = file.select(text.fill_null("").alias(str(place)) for place, (_, text) in enumerate(columns))
        rows = max(1, min(BATCH_ROWS, BATCH_CELLS // len(columns))) if columns else 1
        number = 1
        for batch in texts.collect_batches(chunk_size=rows, maintain_order=True):
            send_rows(batch, number, request["longest"])
            number += batch.height
    except (pl.exceptions.PolarsError, OSError) as error:
        raise Problem("damaged", reason=str(error).partition("\n")[0][:300]) from None


def _text_columns(header: str, column: pl.Expr, kind: pl.DataType) -> Iterator[tuple[str, pl.Expr]]:
    """`column` as columns of text by header: objects are taken apart, lists become JSON."""
    if isinstance(kind, pl.Struct):
        for field in kind.fields:
            dtype = field.dtype
            assert isinstance(dtype, pl.DataType)  # noqa: S101 - for mypy: a file's types are never bare classes
            yield from _text_columns(f"{header}.{field.name}", column.struct.field(field.name), dtype)
    else:
        if _is_binary(kind):
            raise Problem("binary", column=header)
        yield header, _text(column, kind)


def _text(column: pl.Expr, kind: pl.DataType) -> pl.Expr:
    if isinstance(kind, pl.List | pl.Array):
        # Polars writes JSON of structs alone, so the list is taken out of an object that holds nothing else.
        packed = pl.struct(column.alias("v")).struct.json_encode()
        return pl.when(column.is_not_null()).then(packed.str.strip_prefix('{"v":').str.strip_suffix("}"))
    if isinstance(kind, pl.Datetime | pl.Time):
        return column.dt.to_string("iso:strict").str.replace(r"\.0+(\D|$)", "$1")
    if isinstance(kind, pl.Date | pl.Duration):
        return column.dt.to_string("iso")
    return column.cast(pl.String)


def _is_binary(kind: Any) -> bool:
    if isinstance(kind, pl.List | pl.Array):
        return _is_binary(kind.inner)
    if isinstance(kind, pl.Struct):
        return any(_is_binary(field.dtype) for field in kind.fields)
    return isinstance(kind, pl.Binary | pl.Object)


CONVERTERS: dict[str, Callable[[Request], None]] = {"workbook": convert_workbook, "parquet": convert_parquet}

if __name__ == "__main__":
    main()
