"""DOCX as Word writes it: styles, numbering, footnotes, links, a running head and page numbers.

python-docx writes neither footnotes, links nor numbering that starts again, so these are made of XML (ECMA-376, part 1,
17.9 and 17.11).
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from tests.bench.documents import model

FONTS = ("Liberation Serif", "Liberation Sans", "DejaVu Sans", "DejaVu Serif")
FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"


def write_docx(document: model.Document, path: Path, *, seed: int) -> None:
    """Write `document`; `seed` draws fonts, sizes and margins."""
    writer = _Writer(document, Random(seed))
    writer.write()
    writer.file.save(str(path))


class _Writer:
    def __init__(self, document: model.Document, chance: Random) -> None:
        self.document = document
        self.chance = chance
        self.file = docx.Document()
        self.numbers = {note: number for number, note in enumerate(document.notes(), start=1)}

    def write(self) -> None:
        self._set_look()
        self._set_running_head()
        for block in self.document.blocks:
            self._block(block)
        self._add_footnotes()

    def _set_look(self) -> None:
        chance, styles = self.chance, self.file.styles
        font, size = chance.choice(FONTS), chance.choice((10, 10.5, 11, 12))
        styles["Normal"].font.name, styles["Normal"].font.size = font, Pt(size)
        steps = chance.choice(((2.2, 1.6, 1.3, 1.1), (1.8, 1.4, 1.2, 1.05)))
        for level, step in enumerate(steps, start=1):
            style = styles[f"Heading {level}"]
            style.font.size = Pt(round(size * step, 1))
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for name in ("w:asciiTheme", "w:hAnsiTheme"):
                fonts.attrib.pop(qn(name), None)
            style.font.name = font
        section, margin = self.file.sections[0], Mm(chance.randint(16, 28))
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = margin

    def _set_running_head(self) -> None:
        section = self.file.sections[0]
        section.header.paragraphs[0].text = self.document.running_head
        footer = section.footer.paragraphs[0]
        footer.text = self.chance.choice(("", "Page ", "p. "))
        footer.alignment = self.chance.choice((1, 2))
        field = f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        footer._p.append(parse_xml(field))

    def _block(self, block: model.Block) -> None:
        match block:
            case model.Heading(level, text):
                self.file.add_heading(text, level)
            case model.Paragraph(spans):
                self._fill(self.file.add_paragraph(), spans)
            case model.Listing():
                self._list(block, 1)
            case model.Table(rows):
                self._table(rows)
            case model.Code(text):
                self._code(text)

    def _fill(self, paragraph: Any, spans: model.Spans) -> None:
        for span in spans:
            run = paragraph.add_run(span.text)
            run.bold, run.italic = span.bold or None, span.italic or None
            if span.code:
                run.font.name = "Liberation Mono"
            if span.link:
                self._make_link(paragraph, run, span.link)
            if span.note:
                paragraph._p.append(_note_mark(self.numbers[span.note]))

    def _make_link(self, paragraph: Any, run: Any, target: str) -> None:
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), self.file.part.relate_to(target, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
        paragraph._p.append(link)
        link.append(run._r)

    def _list(self, listing: model.Listing, depth: int) -> None:
        style = ("List Number" if listing.numbered else "List Bullet") + (f" {depth}" if depth > 1 else "")
        numbering = self._numbering_anew(style) if listing.numbered else None
        for item in listing.items:
            paragraph = self.file.add_paragraph(style=style)
            if numbering is not None:
                properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
                properties.get_or_add_ilvl().val = 0
                properties.get_or_add_numId().val = numbering
            self._fill(paragraph, item.spans)
            if item.inner:
                self._list(item.inner, depth + 1)

    def _numbering_anew(self, style: str) -> int:
        """A numbering like that of the style which starts with 1."""
        numbering = self.file.part.numbering_part.element
        own = self.file.styles[style].element.pPr.numPr.numId.val
        added = numbering.add_num(numbering.num_having_numId(own).abstractNumId.val)
        added.add_lvlOverride(ilvl=0).add_startOverride(1)
        return int(added.numId)

    def _table(self, rows: tuple[tuple[str, ...], ...]) -> None:
        table = self.file.add_table(len(rows), len(rows[0]), style="Table Grid")
        for cells, texts in zip(table.rows, rows, strict=True):
            for cell, text in zip(cells.cells, texts, strict=True):
                cell.text = text
        for cell in table.rows[0].cells:
            for run in cell.paragraphs[0].runs:
                run.bold = True
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        self.file.add_paragraph()

    def _code(self, text: str) -> None:
        paragraph = self.file.add_paragraph()
        for number, line in enumerate(text.split("\n")):
            run = paragraph.add_run(line)
            run.font.name = "Liberation Mono"
            if number < text.count("\n"):
                run.add_break()

    def _add_footnotes(self) -> None:
        if not self.numbers:
            return
        notes = "".join(_note(number, text) for text, number in self.numbers.items())
        content = f'<?xml version="1.0" encoding="UTF-8"?><w:footnotes {nsdecls("w")}>{notes}</w:footnotes>'
        package = self.file.part.package
        part = Part(PackURI("/word/footnotes.xml"), FOOTNOTES, content.encode(), package)
        self.file.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def _note_mark(number: int) -> Any:
    raised = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
    return parse_xml(f'<w:r {nsdecls("w")}>{raised}<w:footnoteReference w:id="{number}"/></w:r>')


def _note(number: int, text: str) -> str:
    mark = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteRef/></w:r>'
    said = f'<w:r><w:t xml:space="preserve"> {escape(text)}</w:t></w:r>'
    return f'<w:footnote w:id="{number}"><w:p>{mark}{said}</w:p></w:footnote>'
