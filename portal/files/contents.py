"""What is in a file, as far as a page shows it: Markdown in parts, and the beginning of a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO

from portal.documents.failures import ConversionFailed
from portal.documents.rendering import PART, render_part
from portal.documents.texts.decoding import decoded
from portal.errors import NotFound, OutOfReach
from portal.files.models import StoredFile
from portal.files.storage import storage

WINDOW = 4 * PART
"""Bytes of Markdown that surely hold a part of it: a character has four at most."""

BEGINNING = 64 * 1024
"""Bytes of a text that are shown of it."""


@dataclass(frozen=True)
class MarkdownPart:
    """A part of Markdown, as HTML and as it is written: its bytes from `start` up to `end`, of `size`."""

    html: str
    text: str
    start: int
    end: int
    size: int


def markdown_part(file: StoredFile, start: int) -> MarkdownPart:
    """The part of the Markdown in `file` that begins with the byte `start`. Raises NotFound when it is gone from the
    store, OutOfReach when that is away."""
    start = min(max(start, 0), file.size)
    with open_stored(file) as source:
        source.seek(max(start - WINDOW, 0))
        before = source.read(min(start, WINDOW)).decode(errors="ignore")
        text = before + source.read(WINDOW).decode(errors="ignore")
    part = render_part(text, len(before) + text.startswith("\ufeff"))
    end = start + len(text[len(before) : part.end].encode())
    return MarkdownPart(part.html, text[part.start : part.end], start, min(end, file.size), file.size)


def beginning_of(file: StoredFile) -> str | None:
    """The beginning of a text; None where its encoding isn't recognised. Raises as `markdown_part`."""
    with open_stored(file) as source:
        head = source.read(BEGINNING)
    try:
        return decoded(_without_cut_letter(head) if file.size > BEGINNING else head, declared=True)
    except ConversionFailed:
        return None


def open_stored(file: StoredFile) -> IO[bytes]:
    """The contents of a file, to be read and closed. Raises NotFound when they are gone from the store, OutOfReach when
    that is away."""
    try:
        return storage().open(file.storage_key)
    except FileNotFoundError as error:
        raise NotFound(f"The contents of {file.name} are gone from the store.", fix="Upload the file again.") from error
    except OSError as error:
        raise OutOfReach("The store of files can’t be reached.", fix="Try again in a moment.") from error


def _without_cut_letter(head: bytes) -> bytes:
    if b"\0" in head:
        return head  # UTF-16, of which an even number of bytes was read
    return head[: max(head.rfind(end) for end in (b"\n", b" ", b",")) + 1] or head
