"""Which encoding a file is in, and its text as a stream of UTF-8."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

from portal.reading.binary import Binary
from portal.reading.problems import not_a_table, other_encoding, unknown_encoding, utf32

CHUNK = 1 << 20

MARKS = {"utf-8-sig": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}

ASCII = bytes(range(0x80))
CONTINUATION = bytes(range(0x80, 0xC0))
CP1252_UNDEFINED = b"\x81\x8d\x8f\x90\x9d"
NOT_CONTROL = bytes(set(range(0x100)) - (set(range(0x20)) - set(b"\t\n\v\f\r\x1b")))

# How text keeps undecodable code units, so that they reach the exact reader as invalid UTF-8.
KEEP_INVALID = {"utf-16-le": "surrogatepass", "utf-16-be": "surrogatepass", "cp1252": "surrogateescape"}
MARK_INVALID = "portal.mark_invalid"
codecs.register_error(MARK_INVALID, lambda error: ("\udcff", error.end))  # type: ignore[attr-defined]


def detect(source: Binary, head: bytes, *, cut: bool = False) -> str:
    """The encoding of the file that begins with `head`; reads the whole file unless a mark tells. `cut` says that
    `source` is only the beginning of the file.

    Raises UnreadableFile.
    """
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise utf32()
    for encoding, mark in MARKS.items():
        if head.startswith(mark):
            return encoding
    if wide := _utf16_without_mark(head):
        return wide
    if _looks_binary(head):
        raise not_a_table("The file holds binary data, not a table of text.")
    return "utf-8" if _is_utf8(source, cut=cut) else _best_guess(_census(source))


def named(source: Binary, name: str) -> str:
    """The encoding `name`, as one of those that `detect` finds where it is one."""
    encoding = codecs.lookup(name).name
    source.seek(0)
    head = source.read(4)
    if encoding in ("utf-8", "utf-8-sig"):
        return "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"
    if encoding == "utf-16":
        return "utf-16-be" if head.startswith(codecs.BOM_UTF16_BE) else "utf-16-le"
    return encoding


def utf8_chunks(source: Binary, encoding: str, newline: str, size: int = CHUNK) -> Iterator[bytes]:
    """The file's text as UTF-8 without a byte order mark, read `size` bytes at a time.

    In a file with `\\r` line ends each of them becomes `\\n`, those inside quotes too. What can't
    be decoded becomes bytes that aren't valid UTF-8.
    """
    chunks = _transcoded(_body(source, encoding, size), encoding)
    return _unix_newlines(chunks) if newline == "\r" else chunks


def _utf16_without_mark(head: bytes) -> str | None:
    """Latin letters, delimiters and line ends leave a NUL in every other byte."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    enough = max(3, len(head) // 20)
    for encoding, here, elsewhere in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        # A few NULs in the cells of a UTF-8 file may all fall on one side, its line ends don't.
        if here > enough and here > 10 * elsewhere and "\n" in _unix_text(head, encoding):
            return encoding
    return None


def _unix_text(head: bytes, encoding: str) -> str:
    return head.decode(encoding, "replace").replace("\r", "\n")


def _looks_binary(head: bytes) -> bool:
    controls = len(head.translate(None, NOT_CONTROL))
    return controls > 16 and controls * 20 > len(head)


def _is_utf8(source: Binary, *, cut: bool) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in _body(source, "utf-8", CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=not cut)
    except UnicodeDecodeError:
        return False
    return True


@dataclass
class Census:
    """Counts over a file that isn't valid UTF-8 throughout."""

    sequences: int = 0  # valid sequences of several bytes
    invalid: int = 0  # bytes that belong to none
    in_cp1252: bool = True


def _census(source: Binary) -> Census:
    census = Census()
    decoder = codecs.getincrementaldecoder("utf-8")("ignore")
    for chunk in _body(source, "utf-8", CHUNK):
        high = chunk.translate(None, ASCII)
        valid = decoder.decode(chunk).encode().translate(None, ASCII)
        census.sequences += len(valid.translate(None, CONTINUATION))
        census.invalid += len(high) - len(valid)
        census.in_cp1252 &= not any(byte in high for byte in CP1252_UNDEFINED)
    return census


def _best_guess(census: Census) -> str:
    if census.sequences >= census.invalid:
        return "utf-8"
    if census.in_cp1252:
        return "cp1252"
    raise unknown_encoding()


def _body(source: Binary, encoding: str, size: int) -> Iterator[bytes]:
    mark = MARKS.get(encoding, b"")
    source.seek(0)
    if source.read(len(mark)) != mark:
        source.seek(0)
    while chunk := source.read(size):
        yield chunk


def _transcoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    if encoding in ("utf-8", "utf-8-sig"):
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding)(KEEP_INVALID.get(encoding, MARK_INVALID))
    for chunk in chunks:
        try:
            text = decoder.decode(chunk)
        except UnicodeError:  # of the whole, as UTF-32 without its mark; what is wrong with single bytes is marked
            raise other_encoding(encoding) from None
        if text:
            yield text.encode("utf-8", "surrogatepass")
    # Half a code unit at the very end; `final=True` would raise on it instead of keeping it.
    if decoder.getstate()[0]:
        yield b"\xff"


def _unix_newlines(chunks: Iterator[bytes]) -> Iterator[bytes]:
    held = b""
    for chunk in chunks:
        text = held + chunk
        held = b"\r" if text.endswith(b"\r") else b""
        if unix := text[: len(text) - len(held)].replace(b"\r\n", b"\n").replace(b"\r", b"\n"):
            yield unix
    if held:
        yield b"\n"
