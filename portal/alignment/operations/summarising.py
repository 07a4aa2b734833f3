"""What documents are about, for a system prompt: from how they begin, since people wait for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import select

from portal.alignment.generating.pairs import Document
from portal.alignment.sources import MarkdownFile
from portal.errors import NotFound, OutOfReach
from portal.extensions import db
from portal.files.contents import beginning_of
from portal.files.models import StoredFile

FILES = 50
"""So many documents are looked into."""


def summary_of_files(files: Sequence[MarkdownFile]) -> str:
    """Titles and main headings of the first documents; those that can't be read are left out. One query."""
    from portal.alignment.generating.embedded import summary_of  # loads a parser

    looked_into = files[:FILES]
    query = select(StoredFile).where(StoredFile.id.in_([file.file_id for file in looked_into]))
    stored = {file.id: file for file in db.session.scalars(query)}
    return summary_of(_beginnings(looked_into, stored))


def _beginnings(files: Sequence[MarkdownFile], stored: Mapping[str, StoredFile]) -> Iterator[Document]:
    for file in files:
        try:
            text = beginning_of(stored[file.file_id]) if file.file_id in stored else None
        except (NotFound, OutOfReach):
            continue
        if text:
            yield Document(file.name, text)
