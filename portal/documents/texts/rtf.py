"""RTF, by way of LibreOffice."""

from __future__ import annotations

import re

from portal.documents import failures
from portal.documents.converting import Markdown, Source
from portal.documents.failures import ConversionFailed
from portal.documents.kinds import Kind
from portal.documents.office import docx, libreoffice

DEEPEST = 500
"""Groups within groups. Word itself writes some tens."""

_BRACE = re.compile(rb"\\[\\{}]|[{}]")


def convert(source: Source) -> Markdown:
    """As a DOCX file of the same content. Raises ConversionFailed."""
    content = source.path.read_bytes()
    if not content.lstrip().startswith(b"{\\rtf") or _depth(content) > DEEPEST:
        raise ConversionFailed(failures.MALFORMED, "no RTF, or nested too deeply")
    return docx.convert(libreoffice.converted(source, Kind.DOCX, unreadable=failures.MALFORMED))


def _depth(content: bytes) -> int:
    depth = deepest = 0
    for brace in _BRACE.findall(content):
        depth += (brace == b"{") - (brace == b"}")
        deepest = max(deepest, depth)
    return deepest
