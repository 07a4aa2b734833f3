"""Finds out how a delimited text is written, or what is wrong with it as a whole."""

from portal.importers.formats import Delimited
from portal.reading import encodings, problems
from portal.reading.binary import Binary
from portal.reading.delimited.dialect import Dialect
from portal.reading.delimited.headers import find_header
from portal.reading.delimited.quotes import found_quote, swapped, swapped_text
from portal.reading.pieces import checked_headers


def inspect_delimited(
    source: Binary, encoding: str, format: Delimited, *, sample_bytes: int, cut: bool = False
) -> Dialect:
    """The dialect of a text in `encoding`, judged by its first `sample_bytes`. `cut` says that `source` is only the
    beginning of the file.

    Raises UnreadableFile where there is no table to read.
    """
    newline = _newline(next(encodings.utf8_chunks(source, encoding, "\n", sample_bytes), b""))
    sample = next(encodings.utf8_chunks(source, encoding, newline, sample_bytes), b"")
    whole = source.read(1) == b""
    quote = found_quote(sample) if format.quote is None else format.quote
    header = find_header(next(swapped(iter([sample]), quote)), format, whole=whole)
    names = header.names if quote == '"' else tuple(swapped_text(name, quote) for name in header.names)
    headers = checked_headers(names)
    dialect = Dialect(header.delimiter, encoding, newline, headers, header.size, header.lines, quote)
    if not cut and not _has_rows(source, dialect):
        raise problems.headers_only()
    return dialect


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


def _has_rows(source: Binary, dialect: Dialect) -> bool:
    skip = dialect.header_bytes
    for chunk in encodings.utf8_chunks(source, dialect.encoding, dialect.newline):
        if chunk[skip:].strip(dialect.blanks + b"\r\n"):
            return True
        skip = max(0, skip - len(chunk))
    return False
