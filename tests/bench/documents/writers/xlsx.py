"""XLSX: a sheet for each table, named after the heading above it."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook

from tests.bench.documents import model


def write_xlsx(document: model.Document, path: Path) -> None:
    """Write the tables of `document`; numbers become numbers."""
    book = Workbook(write_only=True)
    name = ""
    for block in document.blocks:
        if isinstance(block, model.Heading):
            name = block.text
        elif isinstance(block, model.Table):
            sheet = book.create_sheet(name[:31])
            for row in block.rows:
                sheet.append([_value(cell) for cell in row])
    book.save(path)


def _value(cell: str) -> str | int | float | None:
    if cell.isdecimal():
        return int(cell)
    return float(cell) if cell.replace(".", "", 1).isdecimal() else cell or None
