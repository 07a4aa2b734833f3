"""Bytes to text, in whatever encoding they are."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from portal.documents import failures
from portal.documents.failures import ConversionFailed

MOST_BYTES = 64 << 20
"""What is read of a text at once. A book has a megabyte."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""(?:encoding\s*=\s*["']|charset\s*=\s*["']?)\s*([A-Za-z0-9_\-.:]{2,40})""")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
_LETTERS_OF_1252 = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿŒœŠšŽžŸ]")
_MOSTLY = 0.02
_SAMPLE = 256 << 10


def text_of(path: Path, *, declared: bool = False) -> str:
    """The text of a file: by its byte order mark, as UTF-8, as UTF-16 without a mark, as Windows-1252 where that gives
    words of western languages, else as `charset-normalizer` recognises. With `declared`, what HTML or XML say of
    themselves counts before all that is guessed. Raises ConversionFailed: empty, too long, no encoding that could be
    recognised."""
    content = path.read_bytes()
    if len(content) > MOST_BYTES:
        raise ConversionFailed(failures.TOO_LONG, f"{len(content)} bytes of text")
    text = decoded(content, declared=declared)
    if not text.strip("\ufeff \t\r\n\f\v\0\xa0\u200b"):
        raise ConversionFailed(failures.EMPTY)
    return text


def utf8_of(path: Path) -> str:
    """The text of a file that has to be UTF-8, without its byte order mark. Raises ConversionFailed."""
    content = path.read_bytes()
    if len(content) > MOST_BYTES:
        raise ConversionFailed(failures.TOO_LONG, f"{len(content)} bytes of text")
    text = _attempt(content.removeprefix(codecs.BOM_UTF8), "utf-8")
    if text is None or "\0" in text:
        raise ConversionFailed(failures.UNKNOWN_ENCODING)
    if not text.strip():
        raise ConversionFailed(failures.EMPTY)
    return text


def decoded(content: bytes, *, declared: bool = False) -> str:
    """The same for bytes."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _or_fail(_attempt(content.removeprefix(codecs.BOM_UTF8), encoding))
    for encoding in _likely(content, declared=declared):
        text = _attempt(content, encoding)
        if text is not None and _is_text(text):
            return text
    return _or_fail(_western(content) or _recognised(content))


def _likely(content: bytes, *, declared: bool) -> list[str]:
    if zeros := _zeros(content):
        return [zeros]
    said = _DECLARED.search(content[:2048]) if declared else None
    return ["utf-8", *([said[1].decode("ascii")] if said else [])]


def _zeros(content: bytes) -> str | None:
    """UTF-16 of western languages has a zero in every other place, and none in the others."""
    sample = content[: 64 << 10]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) < 0.3 * len(sample) / 2 or min(even, odd) > 0.05 * max(even, odd):
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _attempt(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except (UnicodeError, LookupError):
        return None


def _western(content: bytes) -> str | None:
    """As Windows-1252, if what isn't ASCII then is letters within words, as in `Müller`, or marks between them."""
    text = _attempt(content, "cp1252")
    if text is None or not _is_text(text):
        return None
    sample = text[:_SAMPLE]
    foreign = [place for place, letter in enumerate(sample) if ord(letter) > 127]
    inside = sum(_is_western(sample, place) for place in foreign)
    return text if inside >= 0.9 * len(foreign) and len(foreign) < 0.3 * len(sample) else None


def _is_western(text: str, place: int) -> bool:
    if text[place] in "\xa0€‚„…†‡‰‘’“”•–—™›‹«»§°·²³µ©®¿¡£¥½¼¾´¨±×¶ªº":
        return True
    around = text[max(0, place - 1) : place] + text[place + 1 : place + 2]
    plain = [letter for letter in around if letter.isascii() and letter.isalpha()]
    return _LETTERS_OF_1252.match(text[place]) is not None and (bool(plain) or not around.strip())


def _recognised(content: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(content[:_SAMPLE], threshold=0.25).best()
    text = _attempt(content, best.encoding) if best is not None else None
    return text if text is not None and _is_text(text) else None


def _is_text(text: str) -> bool:
    sample = text[:_SAMPLE]
    return len(_CONTROLS.findall(sample)) <= _MOSTLY * len(sample)


def _or_fail(text: str | None) -> str:
    if text is None:
        raise ConversionFailed(failures.UNKNOWN_ENCODING)
    return text.removeprefix("\ufeff")
