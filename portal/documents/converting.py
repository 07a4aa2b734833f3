"""One document to Markdown, in this process. `child` is what calls it in a process of its own."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path

from portal.documents import failures
from portal.documents.errors import as_failure
from portal.documents.failures import ConversionFailed
from portal.documents.kinds import Kind
from portal.documents.methods import Method


@dataclass(frozen=True)
class Source:
    """A document to convert: where it is, what it is, and a folder of its own for whatever the way to Markdown needs.

    `path` may have any name; `folder` is empty before, and is removed by the caller.
    """

    path: Path
    kind: Kind
    method: Method
    folder: Path


@dataclass(frozen=True)
class Markdown:
    """What a document became. `pages` is None for kinds that have none; `notes` are sentences for people on what is
    worth knowing of the result (headings out of order, pages that had to be recognised)."""

    text: str
    pages: int | None = None
    notes: list[str] = field(default_factory=list)


Converter = Callable[[Source], Markdown]
"""What each kind has. Raises ConversionFailed."""

MOST_MARKDOWN = 64 << 20
"""Characters."""

OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Some megabytes, where they are garbage."""

_ROOMS = {
    **dict.fromkeys((Kind.DOCX, Kind.DOC, Kind.PPTX, Kind.PPT, Kind.XLSX), "office."),
    Kind.PDF: "",
}


def convert(source: Source) -> Markdown:
    """The document as Markdown: tidied, and checked for being plausible. Raises ConversionFailed, and nothing else."""
    try:
        if not source.path.stat().st_size:
            raise ConversionFailed(failures.EMPTY)
        with _little_garbage():
            markdown = _converter(source.kind)(source)
        return replace(markdown, text=_checked(markdown.text))
    except ConversionFailed:
        raise
    except Exception as error:
        raise as_failure(error) from error


@contextmanager
def _little_garbage() -> Iterator[None]:
    """What a conversion makes is mostly kept to its end: to look for garbage every 700 objects takes a tenth."""
    usual = gc.get_threshold()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _converter(kind: Kind) -> Converter:
    """Each kind's module is loaded when it is wanted: a child converts one document, and libraries take time."""
    module = import_module(f"portal.documents.{_ROOMS.get(kind, 'texts.')}{kind}")
    converter: Converter = module.convert
    return converter


def _checked(text: str) -> str:
    from portal.documents.writing.tidying import tidied

    if len(text) > MOST_MARKDOWN:
        raise ConversionFailed(failures.TOO_LONG, f"{len(text)} characters of Markdown")
    text = tidied(text)
    if not text.strip():
        raise ConversionFailed(failures.INTERNAL, "no text came out of a file that has some")
    return text
