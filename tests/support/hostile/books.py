"""Hostile XLSX files."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from portal.documents.kinds import Kind
from tests.support.hostile.bombs import MIB, Repeated
from tests.support.hostile.document import CONVERTED, Hostile, hostile
from tests.support.hostile.packages import (
    DAMAGED,
    DECLARATION,
    ENTITY_BOMB,
    NO_TEXT,
    OFFICE_RELATIONS,
    RELATIONS,
    TOO_MUCH,
    Part,
    package,
)

SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = f'{DECLARATION}<worksheet xmlns="{SHEET}">'
MAIN = f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE_RELATIONS}">'
END = "</sheetData></worksheet>"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"


def cell(place: str, text: str = "A value") -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def xlsx(sheet: str | Repeated, *parts: Part, sheets: int = 1, before: str = "") -> bytes:
    """A workbook whose sheets all have the content `sheet`; `before` stands before the workbook's first element."""
    names = range(1, sheets + 1)
    listed = "".join(f'<sheet name="Sheet {number}" sheetId="{number}" r:id="r{number}"/>' for number in names)
    related = "".join(
        f'<Relationship Id="r{number}" Type="{OFFICE_RELATIONS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in names
    )
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{SHEET_TYPE}"/>' for number in names
    )
    return package(
        "spreadsheetml.sheet",
        "xl/workbook.xml",
        ("xl/workbook.xml", f"{DECLARATION}{before}{MAIN}<sheets>{listed}</sheets></workbook>"),
        ("xl/_rels/workbook.xml.rels", f'{DECLARATION}<Relationships xmlns="{RELATIONS}">{related}</Relationships>'),
        *((f"xl/worksheets/sheet{number}.xml", sheet) for number in names),
        *parts,
        types=types,
    )


def sheet(*rows: str, dimension: str = "A1:B2") -> str:
    return f'{HEAD}<dimension ref="{dimension}"/><sheetData>{"".join(rows)}{END}'


def empty_rows(count: int = 1_000_000) -> bytes:
    """One row with a value, then rows without."""
    piece = b"<row/>" * 10_000
    head = f"{HEAD}<sheetData>{row(1, cell('A1'))}".encode()
    return xlsx(Repeated(piece, count // 10_000, head=head, tail=END.encode()))


def sparse() -> bytes:
    """A value in each corner of the largest sheet there can be."""
    corners = row(1, cell("A1")), row(1_048_576, cell("XFD1048576"))
    return xlsx(sheet(*corners, dimension="A1:XFD1048576"))


def diagonal(count: int = 1_000) -> bytes:
    """A value in each row and column."""
    return xlsx(sheet(*(row(number, cell(f"{column(number)}{number}")) for number in range(1, count + 1))))


def column(number: int) -> str:
    """The name of a column, from 1."""
    number, last = divmod(number - 1, 26)
    return (column(number) if number else "") + chr(ord("A") + last)


def million_columns() -> bytes:
    last = f"{column(1_000_000)}1"
    return xlsx(sheet(row(1, cell("A1"), cell(last)), dimension=f"A1:{last}"))


def strange_references() -> bytes:
    strange = cell("A99999999999999999999"), cell("ZZZZZZZZZZZZ1"), cell("1A"), cell("")
    return xlsx(sheet(row(1, cell("A1"), *strange), dimension="B2:A1"))


def missing_strings() -> bytes:
    """Cells that refer to shared strings which aren't there."""
    return xlsx(sheet(row(1, cell("A1"), '<c r="B1" t="s"><v>4294967295</v></c><c r="C1" t="s"><v>-1</v></c>')))


def merged(count: int = 20_000) -> bytes:
    """A merged range from corner to corner, many times."""
    ranges = '<mergeCell ref="A1:XFD1048576"/>' * count
    content = sheet(row(1, cell("A1"))).replace("</worksheet>", f"<mergeCells>{ranges}</mergeCells></worksheet>")
    return xlsx(content)


def book(make: Callable[[], bytes], *outcomes: str, contains: str = "A value") -> Hostile:
    return hostile(make, Kind.XLSX, *outcomes, contains=contains)


DOCUMENTS = {
    "xlsx: without values": book(partial(xlsx, sheet()), *NO_TEXT),
    "xlsx: 1,000,000 empty rows": book(empty_rows, CONVERTED, "archive_bomb", *TOO_MUCH),
    "xlsx: a value in the last corner": book(sparse, CONVERTED, *TOO_MUCH),
    "xlsx: 1,000 values on a diagonal": book(diagonal, CONVERTED, *TOO_MUCH),
    "xlsx: claims 1,000,000 columns": book(million_columns, CONVERTED, DAMAGED, *TOO_MUCH),
    "xlsx: strange references": book(strange_references, CONVERTED, DAMAGED),
    "xlsx: shared strings that are not there": book(missing_strings, CONVERTED, DAMAGED),
    "xlsx: 20,000 merged ranges over all": book(merged, CONVERTED, *TOO_MUCH),
    "xlsx: 500 sheets": book(partial(xlsx, sheet(row(1, cell("A1"))), sheets=500), CONVERTED),
    "xlsx: a value of 3 MiB": book(
        partial(xlsx, sheet(row(1, cell("A1"), cell("B1", "x" * 3 * MIB)))), CONVERTED, "archive_bomb", *TOO_MUCH
    ),
    "xlsx: an entity bomb": book(
        partial(xlsx, sheet(row(1, cell("A1"))), before=ENTITY_BOMB), DAMAGED, "malformed", "archive_bomb"
    ),
}
