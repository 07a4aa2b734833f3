"""DOCX: Word since 2007."""

from __future__ import annotations

from portal.documents.converting import Markdown, Source
from portal.documents.office import blocks, package, plausibility, structure


def convert(source: Source) -> Markdown:
    """Headings, paragraphs, lists, tables, links, code and notes, in order. Heads and footers of pages go. Raises
    ConversionFailed."""
    prepared = package.prepare(source)
    found = structure.sections(prepared.path, kind=source.kind)
    text = blocks.markdown([block for section in found for block in section.get("elements", [])])
    plausibility.check(text, prepared)
    return Markdown(text)
