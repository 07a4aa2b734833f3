"""Documents for tests, written by hand, and their conversion in this process."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

import pytest

from portal.documents.converting import Markdown, Source, convert
from portal.documents.failures import ConversionFailed
from portal.documents.kinds import Kind
from portal.documents.methods import Method

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
XML = '<?xml version="1.0" encoding="UTF-8"?>'
SPACES = f'xmlns:w="{WORD}" xmlns:r="{OFFICE}"'

STYLES = """
<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/><w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
"""
NUMBERING = "".join(
    f'<w:abstractNum w:abstractNumId="{number}">'
    + "".join(f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/></w:lvl>' for level in range(3))
    + "</w:abstractNum>"
    for number, form in ((1, "decimal"), (2, "bullet"))
) + "".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>' for n in (1, 2))


def converted(content: bytes | str, kind: Kind, method: Method = Method.SPEED) -> Markdown:
    """What a document becomes."""
    with tempfile.TemporaryDirectory(prefix="portal-document-") as folder:
        path, own = Path(folder, "document"), Path(folder, "own")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        own.mkdir()
        return convert(Source(path, kind, method, own))


def text_of(content: bytes | str, kind: Kind, method: Method = Method.SPEED) -> str:
    """The same, only its Markdown."""
    return converted(content, kind, method).text


def failure_of(content: bytes | str, kind: Kind, method: Method = Method.SPEED) -> str:
    """The key of the failure with which a document can't be converted."""
    with pytest.raises(ConversionFailed) as failed:
        converted(content, kind, method)
    return failed.value.failure.key


def archive(parts: dict[str, str | bytes]) -> bytes:
    """A ZIP file."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return content.getvalue()


def paragraph(text: str, style: str = "", number: int = 0, level: int = 0, look: str = "") -> str:
    """A paragraph of Word: a list's item where it has a number, looking as the properties `look` say."""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if number:
        properties += f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{text if text.startswith('<') else run(text, look)}</w:p>"


def run(text: str, look: str = "") -> str:
    """A run of text of Word."""
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def table(*rows: str) -> str:
    """A table of Word; rows are made of `cell`."""
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def cell(text: str, properties: str = "") -> str:
    """A cell of a table of Word."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def docx(*body: str, more: dict[str, str | bytes] | None = None, before: str = "") -> bytes:
    """A DOCX file. `more` are other parts, `before` stands before its first element."""
    content = "".join(body) + '<w:sectPr><w:headerReference w:type="default" r:id="head"/></w:sectPr>'
    note = f'<w:footnote w:id="2">{paragraph("What the note says.")}</w:footnote>'
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": _types(),
        "_rels/.rels": _relations(("main", "officeDocument", "word/document.xml")),
        "word/_rels/document.xml.rels": _relations(
            ("styles", "styles", "styles.xml"),
            ("numbering", "numbering", "numbering.xml"),
            ("notes", "footnotes", "footnotes.xml"),
            ("head", "header", "header1.xml"),
            ("link", "hyperlink", "https://example.org/a_b"),
        ).replace('a_b"', 'a_b" TargetMode="External"'),
        "word/document.xml": f"{XML}{before}<w:document {SPACES}><w:body>{content}</w:body></w:document>",
        "word/styles.xml": f"{XML}<w:styles {SPACES}>{STYLES}</w:styles>",
        "word/numbering.xml": f"{XML}<w:numbering {SPACES}>{NUMBERING}</w:numbering>",
        "word/footnotes.xml": f"{XML}<w:footnotes {SPACES}>{note}</w:footnotes>",
        "word/header1.xml": f"{XML}<w:hdr {SPACES}>{paragraph('Running head')}</w:hdr>",
    }
    return archive(parts | (more or {}))


def _types() -> str:
    kinds = {"document": "document.main", "styles": "styles", "numbering": "numbering", "footnotes": "footnotes"}
    overrides = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="application/vnd.openxmlformats-officedocument'
        f'.wordprocessingml.{kind}+xml"/>'
        for name, kind in kinds.items()
    )
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'{XML}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="{relations}"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(*relations: tuple[str, str, str]) -> str:
    each = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>' for name, kind, target in relations
    )
    return f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{each}</Relationships>'
