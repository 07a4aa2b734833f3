"""Workbooks and Parquet files as tables."""

import io
import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass

import polars as pl

from portal.importers.formats import Parquet, Workbook
from portal.reading import problems
from portal.reading.binary import Binary
from portal.reading.converted.process import OutOfTime, converted, too_slow
from portal.reading.layouts import columns_text
from portal.reading.limits import CHECKING_SECONDS, CONVERTER_SECONDS, LONGEST_RECORD, MOST_COLUMNS
from portal.reading.packed.archives import check_workbook
from portal.reading.pieces import Malformed, Piece, checked_headers
from portal.reading.signatures import EXCEL, OLD_EXCEL, OPEN_DOCUMENT, PARQUET, Kind

NAMES = {EXCEL: "Excel", OLD_EXCEL: "Excel", OPEN_DOCUMENT: "OpenDocument", PARQUET: "Parquet"}


@dataclass(frozen=True)
class ConvertedLayout:
    """`kind` is what the file is, `sheet` the one that is read of a workbook."""

    kind: Kind
    format: Workbook | Parquet
    headers: tuple[str, ...]
    sheet: str | None = None

    @property
    def text(self) -> str:
        sheet = f", sheet “{self.sheet}”" if self.sheet else ""
        return f"{NAMES[self.kind]}{sheet}, {columns_text(self.headers)}"


def inspect_converted(
    source: Binary, kind: Kind, format: Workbook | Parquet, *, checking: bool = False
) -> ConvertedLayout:
    """The layout of a file of that `kind`. A person waits for it while `checking`.

    Raises UnreadableFile, NotYetKnown.
    """
    if kind in (EXCEL, OPEN_DOCUMENT):
        check_workbook(source)
    try:
        seconds = CHECKING_SECONDS if checking else CONVERTER_SECONDS
        with closing(converted(source, _request(format), what=_what(kind), seconds=seconds)) as messages:
            _, content = next(messages)
    except OutOfTime:
        raise problems.NotYetKnown if checking else too_slow(_what(kind)) from None
    found = json.loads(content)
    return ConvertedLayout(kind, format, checked_headers(found["headers"]), found["sheet"])


def read_converted(source: Binary, layout: ConvertedLayout) -> Iterator[Piece]:
    """The rows in order; one that is longer than a record may be is malformed. Raises UnreadableFile."""
    what = _what(layout.kind)
    malformed: tuple[Malformed, ...] = ()
    try:
        for letter, content in converted(source, _request(layout.format), what=what, seconds=CONVERTER_SECONDS):
            if letter == b"M":
                malformed = tuple(_too_long(number) for number in json.loads(content))
            elif letter == b"R":
                yield _piece(layout.headers, pl.read_ipc_stream(io.BytesIO(content)), malformed)
                malformed = ()
    except OutOfTime:
        raise too_slow(what) from None


def _request(format: Workbook | Parquet) -> dict[str, object]:
    name = "workbook" if isinstance(format, Workbook) else "parquet"
    return {"format": name, **asdict(format), "most_columns": MOST_COLUMNS, "longest": LONGEST_RECORD}


def _what(kind: Kind) -> str:
    return "Parquet file" if kind is PARQUET else "workbook"


def _piece(headers: Sequence[str], frame: pl.DataFrame, malformed: tuple[Malformed, ...]) -> Piece:
    numbers = frame["_row"].cast(pl.Int64).alias("row_number")
    cells = [frame[str(place)].alias(header) for place, header in enumerate(headers)]
    return Piece(pl.DataFrame(cells), numbers, malformed)


def _too_long(number: int) -> Malformed:
    message = f"Row {number:,} below the headers is longer than {LONGEST_RECORD >> 20} MB."
    return Malformed(number, number, ("…",), "…", message, "Take the oversized value out.")
