"""PPT: PowerPoint until 2003."""

from __future__ import annotations

from portal.documents import failures
from portal.documents.converting import Markdown, Source
from portal.documents.failures import ConversionFailed
from portal.documents.kinds import Kind
from portal.documents.methods import Method
from portal.documents.office import libreoffice, pptx, structure


def convert(source: Source) -> Markdown:
    """As PPTX by way of LibreOffice where accuracy is wanted: read directly, tables are only paragraphs. Raises
    ConversionFailed."""
    if source.method is Method.ACCURACY:
        return pptx.convert(libreoffice.converted(source, Kind.PPTX))
    markdown = pptx.of_slides(structure.sections(source.path, kind=source.kind))
    if not markdown.text.strip():
        raise ConversionFailed(failures.EMPTY)
    return markdown
