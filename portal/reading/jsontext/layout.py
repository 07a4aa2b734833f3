"""JSON as a table: its headers are the names that any of its objects has."""

from collections.abc import Iterator
from dataclasses import dataclass

from portal.importers.formats import Json, JsonLines
from portal.reading import problems
from portal.reading.binary import Binary
from portal.reading.encodings import utf8_chunks
from portal.reading.jsontext.elements import Outcome, Row, array_elements, line_elements
from portal.reading.jsontext.text import Text
from portal.reading.layouts import columns_text
from portal.reading.limits import HEADER_BYTES, MOST_COLUMNS
from portal.reading.pieces import PIECE_BYTES, Malformed, Piece, checked_headers, piece_of_records

MOST_CELLS = 500_000
"""Cells that a piece holds at most: rows of many columns may have few values."""


@dataclass(frozen=True)
class JsonLayout:
    format: Json | JsonLines
    encoding: str
    headers: tuple[str, ...]

    @property
    def text(self) -> str:
        name = "JSON Lines" if isinstance(self.format, JsonLines) else "JSON"
        return f"{name}, {columns_text(self.headers)}"


def inspect_json(source: Binary, encoding: str, format: Json | JsonLines) -> JsonLayout:
    """Read all of `source` for its headers, in order of first appearance.

    Raises UnreadableFile, so that of a file that is broken as a whole no row goes in.
    """
    headers, malformed = _headers(_outcomes(source, encoding, format))
    if not headers:
        raise problems.not_a_table(f"The file holds no row. {malformed.message}") if malformed else problems.no_rows()
    return JsonLayout(format, encoding, checked_headers(headers))


def read_json(source: Binary, layout: JsonLayout, *, piece_bytes: int = PIECE_BYTES) -> Iterator[Piece]:
    """The rows in order; an element that is no object is malformed."""
    rows: list[Row] = []
    malformed: list[Malformed] = []
    held = 0
    most_rows = max(1, MOST_CELLS // len(layout.headers))
    for outcome in _outcomes(source, layout.encoding, layout.format):
        if isinstance(outcome, Row):
            rows.append(outcome)
            held += sum(map(len, outcome.cells.values()))
        else:
            malformed.append(outcome)
            held += len(outcome.raw)
        if held >= piece_bytes or len(rows) + len(malformed) >= most_rows:
            yield _piece(layout.headers, rows, malformed)
            rows, malformed, held = [], [], 0
    if rows or malformed:
        yield _piece(layout.headers, rows, malformed)


def _outcomes(source: Binary, encoding: str, format: Json | JsonLines) -> Iterator[Outcome]:
    text = Text(utf8_chunks(source, encoding, "\n"))
    return line_elements(text) if isinstance(format, JsonLines) else array_elements(text, format.pointer)


def _headers(outcomes: Iterator[Outcome]) -> tuple[list[str], Malformed | None]:
    """The names that any row has, and the first element that is no row."""
    headers: dict[str, None] = {}
    size = 0
    malformed = None
    for outcome in outcomes:
        if isinstance(outcome, Malformed):
            malformed = malformed or outcome
        elif not outcome.cells.keys() <= headers.keys():
            new = [name for name in outcome.cells if name not in headers]
            size += sum(map(len, new))
            headers.update(dict.fromkeys(new))
            if len(headers) > MOST_COLUMNS or size > HEADER_BYTES:
                raise problems.too_many_columns()
    return list(headers), malformed


def _piece(headers: tuple[str, ...], rows: list[Row], malformed: list[Malformed]) -> Piece:
    records = [[row.cells.get(header, "") for header in headers] for row in rows]
    return piece_of_records(headers, records, [row.number for row in rows], malformed)
