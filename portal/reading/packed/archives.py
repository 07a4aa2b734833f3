"""ZIP archives: the one table in them."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import IO

from portal.reading import problems
from portal.reading.binary import Binary
from portal.reading.limits import MOST_RATIO, WORKBOOK_BYTES, ZIP_DIRECTORY_BYTES

TABLES = {
    f".{ending}"
    for ending in "csv tsv tab psv json jsonl ndjson xlsx xlsm xlsb xls ods parquet".split()  # noqa: SIM905 - reads well
}
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Those that are unpacked in bounded steps; Python gives all that an input of the others unpacks to at once."""

UNPACK = "Unpack it, and upload the table that you want."


@dataclass(frozen=True)
class Member:
    archive: zipfile.ZipFile
    info: zipfile.ZipInfo

    @property
    def name(self) -> str:
        return self.info.filename

    def open(self) -> IO[bytes]:
        return self.archive.open(self.info)


def the_table_in(source: Binary) -> Member:
    """The only file in the archive, or the only one of several that is named like a table.

    Raises UnreadableFile when there is none or more than one, or when it can't be unpacked.
    """
    archive = _opened(source, "ZIP archive")
    files = [info for info in archive.infolist() if not info.is_dir() and not _is_clutter(info.filename)]
    tables = [info for info in files if PurePosixPath(info.filename).suffix.lower() in TABLES]
    found = files if len(files) == 1 else tables
    if len(found) != 1:
        raise _not_one([info.filename for info in found or files])
    if found[0].flag_bits & 1:
        raise problems.protected("ZIP archive")
    if found[0].compress_type not in METHODS:
        raise problems.damaged("ZIP archive", "its table is packed in a way other than Deflate")
    return Member(archive, found[0])


def check_workbook(source: Binary) -> None:
    """Refuse a workbook (itself a ZIP archive) whose parts claim to be too large. Raises UnreadableFile."""
    parts = _opened(source, "workbook").infolist()
    unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if unpacked > WORKBOOK_BYTES or unpacked > MOST_RATIO * max(packed, 1 << 16):
        raise problems.too_large("workbook")


class _InSmallReads:
    """Its list of contents is read at once, into objects: a hostile one is refused before."""

    def __init__(self, source: Binary) -> None:
        self.seek = source.seek
        self._read = source.read
        self.tell = partial(source.seek, 0, 1)

    def read(self, size: int = -1, /) -> bytes:
        if size > ZIP_DIRECTORY_BYTES:
            raise problems.UnreadableFile("archive", "The ZIP archive holds too many files.", UNPACK)
        return self._read(size)

    def seekable(self) -> bool:
        return True


def _opened(source: Binary, what: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(_InSmallReads(source))
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise problems.damaged(what, str(error)) from None


def _is_clutter(name: str) -> bool:
    """What macOS and Windows add to an archive by themselves."""
    path = PurePosixPath(name)
    return path.parts[:1] == ("__MACOSX",) or path.name in (".DS_Store", "Thumbs.db", "desktop.ini")


def _not_one(names: Sequence[str]) -> problems.UnreadableFile:
    if not names:
        return problems.UnreadableFile("archive", "The ZIP archive is empty.", "Pack the table again.")
    message = f"The ZIP archive holds {len(names):,} files, not one table: {problems.quoted(names)}."
    return problems.UnreadableFile("archive", message, UNPACK)
