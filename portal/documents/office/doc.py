"""DOC: Word until 2003."""

from __future__ import annotations

from portal.documents import failures
from portal.documents.converting import Markdown, Source
from portal.documents.failures import ConversionFailed
from portal.documents.kinds import Kind
from portal.documents.methods import Method
from portal.documents.office import blocks, docx, libreoffice, structure


def convert(source: Source) -> Markdown:
    """As DOCX by way of LibreOffice where accuracy is wanted: it tells bullets from numbers, and knows merged cells and
    links. Read directly where speed is. Raises ConversionFailed."""
    if source.method is Method.ACCURACY:
        return docx.convert(libreoffice.converted(source, Kind.DOCX))
    found = structure.sections(source.path, kind=source.kind)
    text = blocks.markdown([block for section in found for block in section.get("elements", [])])
    if not text.strip():
        raise ConversionFailed(failures.EMPTY)
    return Markdown(text)
