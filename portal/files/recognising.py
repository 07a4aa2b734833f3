"""What a file is, found from its content."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from portal.documents.kinds import Kind, kind_named, kind_of_file

PARQUET = "parquet"
"""A kind of the library's own: no document, but data that training takes."""
_PARQUET_MARK = b"PAR1"
"""https://parquet.apache.org/docs/file-format/"""


def kind_at(path: Path, name: str) -> str | None:
    """The kind of the file at `path`, called `name`: a `Kind`, `parquet`, or None. Raises OSError."""
    with path.open("rb") as file:
        return kind_in(file, name)


def kind_in(file: BinaryIO, name: str) -> str | None:
    """The same for an open file, which stands at its beginning."""
    is_parquet = file.read(len(_PARQUET_MARK)) == _PARQUET_MARK
    file.seek(0)
    return PARQUET if is_parquet else kind_of_file(file, name)


def kind_label(kind: str | None) -> str:
    """What people call a kind."""
    if kind == PARQUET:
        return "Table (Parquet)"
    return Kind(kind).label if kind in set(Kind) else "Unknown type"


def media_type(kind: str | None) -> str:
    """What HTTP calls it."""
    return Kind(kind).media_type if kind in set(Kind) else "application/octet-stream"


def misnamed(name: str, kind: str | None) -> Kind | None:
    """What the name claims the file to be, where its content says otherwise."""
    claimed = kind_named(name)
    return claimed if claimed and kind and claimed != kind else None
