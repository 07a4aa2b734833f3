"""How a file begins, for its page: Markdown as it looks, other texts as they are written."""

from __future__ import annotations

from dataclasses import dataclass

from portal.documents.kinds import Kind
from portal.errors import NotFound, OutOfReach
from portal.files.contents import MarkdownPart, beginning_of, markdown_part
from portal.files.models import StoredFile

READABLE = frozenset({Kind.TXT, Kind.CSV, Kind.JSON, Kind.JSONL, Kind.XML, Kind.HTML, Kind.RST})
"""The kinds whose source people can read."""


@dataclass(frozen=True)
class Preview:
    """What can be shown of a file: a part of Markdown, or the beginning of another text, or neither, which `problem`
    explains where it should be possible."""

    markdown: MarkdownPart | None = None
    text: str | None = None
    problem: str = ""


def preview_of(file: StoredFile, start: int | None) -> Preview:
    """The preview of `file`; of Markdown the part that begins with the byte `start`. Never raises because of the store:
    the page tells what else is known of a file whose contents are out of reach."""
    try:
        if file.kind == Kind.MARKDOWN:
            return Preview(markdown=markdown_part(file, start or 0))
        return Preview(text=beginning_of(file)) if file.kind in READABLE else Preview()
    except (NotFound, OutOfReach) as error:
        return Preview(problem=f"{error.detail} {error.fix}".strip())
