"""Finds out how a file is written, or what is wrong with it as a whole."""

from collections import Counter
from typing import BinaryIO

from portal.reading import encodings, problems, signatures
from portal.reading.dialect import Dialect
from portal.reading.headers import find_header


def inspect(source: BinaryIO, *, sample_bytes: int = 1 << 20) -> Dialect:
    """How the file is written, judged by its first `sample_bytes`; its encoding by all of it.

    Raises UnreadableFile where there is no table of text to read.
    """
    source.seek(0)
    head = source.read(sample_bytes)
    if not head.strip():
        raise problems.empty()
    signatures.refuse_binary_formats(source, head)
    encoding = encodings.detect(source, head)
    dialect = _dialect(source, encoding, sample_bytes)
    _check_names(dialect.headers)
    if not _has_rows(source, dialect):
        raise problems.headers_only()
    return dialect


def _dialect(source: BinaryIO, encoding: str, sample_bytes: int) -> Dialect:
    newline = _newline(_sample(source, encoding, "\n", sample_bytes))
    sample = _sample(source, encoding, newline, sample_bytes)
    if not sample.strip():
        raise problems.empty()
    signatures.refuse_markup(sample)
    whole = source.read(1) == b""
    header = find_header(sample, whole=whole)
    return Dialect(header.delimiter, encoding, newline, header.names, header.size, header.lines)


def _sample(source: BinaryIO, encoding: str, newline: str, size: int) -> bytes:
    return next(encodings.utf8_chunks(source, encoding, newline, size), b"")


def _newline(sample: bytes) -> str:
    """The most frequent line end outside quotes."""
    outside = b"".join(sample.split(b'"')[0::2])
    counted = outside if b"\n" in outside or b"\r" in outside else sample
    windows = counted.count(b"\r\n")
    unix = counted.count(b"\n") - windows
    mac = counted.count(b"\r") - windows
    if mac > windows + unix:
        return "\r"
    return "\r\n" if windows > unix else "\n"


def _check_names(names: tuple[str, ...]) -> None:
    if unnamed := [position for position, name in enumerate(names, 1) if not name]:
        raise problems.unnamed_columns(unnamed)
    if repeated := [name for name, count in Counter(names).items() if count > 1]:
        raise problems.duplicate_headers(repeated)


def _has_rows(source: BinaryIO, dialect: Dialect) -> bool:
    skip = dialect.header_bytes
    for chunk in encodings.utf8_chunks(source, dialect.encoding, dialect.newline):
        if chunk[skip:].strip(dialect.blanks + b"\r\n"):
            return True
        skip = max(0, skip - len(chunk))
    return False
