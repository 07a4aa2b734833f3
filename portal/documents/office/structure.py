"""What office-oxide finds in an Office file: sections of blocks, as it names them (its `ir` module)."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from portal.documents import failures
from portal.documents.failures import ConversionFailed

Block = dict[str, Any]
"""`type` names it; blocks that hold others have them in `content`, lists in `items`, tables in `rows`."""

Section = dict[str, Any]
"""A part of a document or a slide: `elements` are its blocks. What is repeated on each page stands apart (`header`,
`footer`), and so do `speaker_notes`."""


def sections(path: Path, *, kind: str) -> list[Section]:
    """The sections of a file of that kind (docx, pptx, doc, ppt). Raises ConversionFailed."""
    import office_oxide

    try:
        document = office_oxide.Document.from_bytes(path.read_bytes(), kind)  # type: ignore[arg-type]
        with _no_garbage():
            found: list[Section] = document.to_ir()["sections"]
    except office_oxide.OfficeOxideError as error:
        raise ConversionFailed(_failure_of(str(error)), str(error)) from error
    return found


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Looking for garbage again and again while a hundred thousand blocks are made takes half of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _failure_of(message: str) -> failures.Failure:
    locked = any(word in message.lower() for word in ("encrypt", "password"))
    return failures.OFFICE_LOCKED if locked else failures.OFFICE_DAMAGED
