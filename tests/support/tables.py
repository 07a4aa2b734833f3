"""One table written in every format that can be read. Cells are texts, as a CSV file has them."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import zipfile
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

import openpyxl
import polars as pl
import zstandard

Rows = Sequence[Sequence[object]]

ODS_HEAD = (
    '<?xml version="1.0"?><office:document-content'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
    "<office:body><office:spreadsheet>"
)
ODS_TAIL = "</office:spreadsheet></office:body></office:document-content>"
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
ODS_MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS_TYPE}"/></manifest:manifest>'
)


def csv(headers: Sequence[str], rows: Rows) -> bytes:
    quoted = (",".join('"' + str(cell).replace('"', '""') + '"' for cell in row) for row in [headers, *rows])
    return "".join(f"{line}\n" for line in quoted).encode()


def tsv(headers: Sequence[str], rows: Rows) -> bytes:
    return pl.DataFrame(list(rows), schema=list(headers), orient="row").write_csv(separator="\t").encode()


def json_array(headers: Sequence[str], rows: Rows) -> bytes:
    return json.dumps([dict(zip(headers, row, strict=True)) for row in rows]).encode()


def json_lines(headers: Sequence[str], rows: Rows) -> bytes:
    return "".join(json.dumps(dict(zip(headers, row, strict=True))) + "\n" for row in rows).encode()


def parquet(headers: Sequence[str], rows: Rows) -> bytes:
    buffer = io.BytesIO()
    pl.DataFrame(list(rows), schema=list(headers), orient="row").write_parquet(buffer, row_group_size=7)
    return buffer.getvalue()


def xlsx(headers: Sequence[str], rows: Rows) -> bytes:
    return workbook({"Orders": [headers, *rows]})


def workbook(sheets: dict[str, Rows]) -> bytes:
    """An .xlsx file."""
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]  # a new one has a sheet
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for place, value in enumerate(row, 1):
                cell = sheet.cell(number, place, value)  # type: ignore[arg-type]  # whatever a cell takes
                cell.data_type = "s" if isinstance(value, str) else cell.data_type
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def ods(headers: Sequence[str], rows: Rows) -> bytes:
    lines = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in [headers, *rows])
    return ods_of(f'<table:table table:name="Orders">{lines}</table:table>')


def ods_of(sheets: str) -> bytes:
    """An .ods file with the XML `sheets`."""
    content = ODS_HEAD + sheets + ODS_TAIL
    return zipped({"mimetype": ODS_TYPE, "content.xml": content, "META-INF/manifest.xml": ODS_MANIFEST})


def _ods_cell(value: object) -> str:
    if isinstance(value, bool):
        return f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(value).lower()}"/>'
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
    text = escape(str(value))
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def zipped(members: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else method)
    return buffer.getvalue()


FORMATS: dict[str, Callable[[Sequence[str], Rows], bytes]] = {
    "csv": csv,
    "tsv": tsv,
    "json": json_array,
    "jsonl": json_lines,
    "parquet": parquet,
    "xlsx": xlsx,
    "ods": ods,
}

PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "Zstandard": lambda content: zstandard.ZstdCompressor(write_checksum=True).compress(content),
    "ZIP": lambda content: zipped({"orders": content}),
}
