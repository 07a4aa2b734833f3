"""Hostile files, made cheaply: by repetition, or while they are read."""

import bz2
import gzip
import io
import lzma
import resource
import struct
import zipfile
from collections.abc import Callable

import polars as pl
import zstandard

from portal.reading import Binary, UnreadableFile, inspect, read
from tests.support.tables import ods_of, workbook, zipped


class Repeated:
    """A file of `before`, `length` bytes of `filling`, and `after`, which takes no memory."""

    def __init__(self, before: bytes, length: int, after: bytes = b"", filling: bytes = b"x") -> None:
        self._before, self._after, self._filling = before, after, filling * (1 << 20)
        self._end = len(before) + length
        self._size = self._end + len(after)
        self._at = 0

    def read(self, size: int = -1, /) -> bytes:
        wanted = self._size - self._at if size < 0 else min(size, self._size - self._at)
        parts = []
        while wanted > 0:
            part = self._part(wanted)
            parts.append(part)
            self._at += len(part)
            wanted -= len(part)
        return b"".join(parts)

    def _part(self, wanted: int) -> bytes:
        if self._at < len(self._before):
            return self._before[self._at :][:wanted]
        if self._at < self._end:
            return self._filling[: min(wanted, self._end - self._at)]
        return self._after[self._at - self._end :][:wanted]

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self._at = offset + (0, self._at, self._size)[whence]
        return self._at


TEXT = b"a,b\n" + b"1,x\n" * (1 << 20)


def bomb(pack: Callable[[bytes], bytes], times: int) -> Binary:
    """What `pack` makes of 4 MB, many times over: a legal file of many streams."""
    return io.BytesIO(pack(TEXT) * times)


def zip_bomb() -> Binary:
    return io.BytesIO(zipped({"a.csv": TEXT * 32}))


def large_window() -> Binary:
    """The header of an xz stream whose dictionary is of the largest size that there is."""
    packed = lzma.compress(b"a,b\n1,2\n" * 1000, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 29}])
    return io.BytesIO(packed)


def many_files() -> Binary:
    """Only its list of contents claims them: the list is what costs."""
    entry = struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    start = b"PK\3\4" + bytes(30)
    entries = entry * 1_000_000
    return io.BytesIO(start + entries + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65535, 65535, len(entries), 34, 0))


def columns_of_csv() -> Binary:
    return io.BytesIO(",".join(f"c{number}" for number in range(1_000_000)).encode() + b"\n1\n")


def columns_of_json() -> Binary:
    return io.BytesIO("".join(f'{{"c{number}": 1}}\n' for number in range(1_000_000)).encode())


def many_values() -> Binary:
    return Repeated(b'[{"a": 1}, {"a": [0', 2_000_000, b'0]}, {"a": 2}]', b"0,")


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def sheet(rows: str, prologue: str = "") -> bytes:
    """An .xlsx file whose sheet has the XML `rows`."""
    content = f'{prologue}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    with zipfile.ZipFile(io.BytesIO(workbook({"S": [["id"], [1]]}))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return zipped(parts | {"xl/worksheets/sheet1.xml": content.encode()})


def cell(place: str) -> str:
    number = "".join(filter(str.isdigit, place))
    return f'<row r="{number}"><c r="{place}" t="inlineStr"><is><t>x</t></is></c></row>'


def large_workbook() -> Binary:
    buffer = io.BytesIO(workbook({"S": [["id"], [1]]}))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("a.xml", "w") as part:
        for _ in range(10):
            part.write(bytes(64 << 20))
    return buffer


def lying_workbook() -> Binary:
    """A sheet of 1.3 GB, whose size in the list of contents says 1 KB."""
    row = cell("A1") * 2_000_000
    data = bytearray(sheet(row))
    place = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    data[place + 24 : place + 28] = struct.pack("<L", 1024)
    return io.BytesIO(bytes(data))


def xml_bomb() -> Binary:
    entities = '<!ENTITY a0 "xxxxxxxxxx">' + "".join(
        f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 12)
    )
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>&a11;</t></is></c></row>'
    return io.BytesIO(sheet(rows, f'<?xml version="1.0"?><!DOCTYPE x [{entities}]>'))


def endless_ods() -> Binary:
    value = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
    rows = f'<table:table-row table:number-rows-repeated="1000000000">{value * 50}</table:table-row>'
    return io.BytesIO(ods_of(f'<table:table table:name="S">{rows}</table:table>'))


def columns_of_parquet() -> Binary:
    buffer = io.BytesIO()
    pl.DataFrame({f"c{number}": [1] for number in range(20_000)}).write_parquet(buffer)
    return buffer


FILES: dict[str, Callable[[], Binary]] = {
    "a gzip bomb": lambda: bomb(gzip.compress, 32),
    "a bzip2 bomb": lambda: bomb(bz2.compress, 32),
    "an xz bomb": lambda: bomb(lzma.compress, 32),
    "a Zstandard bomb": lambda: bomb(zstandard.ZstdCompressor().compress, 32),
    "a ZIP bomb": zip_bomb,
    "an xz file that asks for 4 GB": large_window,
    "an archive of a million files": many_files,
    "a million columns of CSV": columns_of_csv,
    "a million columns of JSON": columns_of_json,
    "a line of a million fields": lambda: Repeated(b"a,b\n", 4_000_000, b"\n1,2\n", b","),
    "a cell of 5 GB": lambda: Repeated(b"a,b\n1,", 5 << 30, b"\n3,4\n"),
    "a JSON value of 256 MB": lambda: Repeated(b'[{"a": 1}, {"a": "', 256 << 20, b'"}, {"a": 2}]'),
    "a JSON line of 1 GB": lambda: Repeated(b'{"a": 1}\n{"a": "', 1 << 30, b'"}\n{"a": 2}\n'),
    "a JSON element of millions of values": many_values,
    "JSON nested a million levels deep": lambda: io.BytesIO(b'[{"a": ' + b"[" * 1_000_000),
    "a workbook that is a ZIP bomb": large_workbook,
    "a sheet of a billion rows": lambda: io.BytesIO(sheet(cell("A1") + cell("A2") + cell("CV1000000000"))),
    "a sheet of a million columns": lambda: io.BytesIO(sheet(cell("A1") + cell("A2") + cell("BDWGN3"))),
    "a sheet whose last cell is far away": lambda: io.BytesIO(sheet(cell("A1") + cell("A2") + cell("XFD1048576"))),
    "an OpenDocument sheet of a billion rows": endless_ods,
    "a workbook that lies about its size": lying_workbook,
    "a workbook that is an XML bomb": xml_bomb,
    "a Parquet file of 20,000 columns": columns_of_parquet,
}


def read_and_measure(name: str) -> tuple[list[str], int, int]:
    """Read one of the FILES. Returns what is said of it, by how many MB this process has grown, and how many the
    largest of its children had."""
    source = FILES[name]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    words = _said_of(source)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return words, grown >> 10, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10


def _said_of(source: Binary) -> list[str]:
    try:
        pieces = list(read(source, inspect(source)))
        return [line.message for piece in pieces for line in piece.malformed]
    except UnreadableFile as error:
        return [error.message]
