"""Lines of an area to paragraphs, entries of lists and code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from portal.documents.pdf.blocks import Block, Item, Paragraph
from portal.documents.pdf.layout.breaks import Column, Open, belongs, is_entry
from portal.documents.pdf.layout.code import code_of, is_code
from portal.documents.pdf.layout.lines import Line, joined, line_of
from portal.documents.pdf.layout.markers import is_bullet, number_of
from portal.documents.pdf.layout.spans import spans_of
from portal.documents.pdf.model import Box, Style


def blocks_of(rows: Sequence[list[Line]], page: int, *, code: bool) -> list[Block]:
    """The blocks that rows of an area form, tables excepted. `code` says whether a fixed pitch stands for code: not
    where all of a document is set in it."""
    lines = [joined(row) for row in rows]
    column = Column.of(lines)
    return [_block(block, page, column) for block in _grown(lines, column, code=code)]


def _grown(lines: list[Line], column: Column, *, code: bool) -> Iterator[Open]:
    current: Open | None = None
    for line in lines:
        style = line.style
        if current and belongs(current, line, column, code=code):
            current.lines.append(line)
            continue
        if current:
            yield current
        current = _begun(line, style, current, code=code)
    if current:
        yield current


def _begun(line: Line, style: Style, before: Open | None, *, code: bool) -> Open:
    gap = line.top - before.lines[-1].bottom if before else line.size
    if code and is_code(line):
        return Open([line], style, gap, mono=True)
    if is_entry(line, before):
        return Open([line], style, gap, line.words[0].text, line.words[1].left, line.left)
    return Open([line], style, gap)


def _block(block: Open, page: int, column: Column) -> Block:
    if block.mono:
        return code_of(block.lines, page, column.edge)
    if not block.marker:
        return _paragraph(block.lines, block, page, column)
    first = block.lines[0]
    lines = [line_of(first.words[1:]), *block.lines[1:]]
    number = None if is_bullet(block.marker) else number_of(block.marker)
    return Item(_paragraph(lines, block, page, column), number, block.marker_left - column.edge)


def _paragraph(lines: list[Line], block: Open, page: int, column: Column) -> Paragraph:
    last = lines[-1]
    box = Box(min(line.left for line in lines), lines[0].top, max(line.right for line in lines), last.bottom)
    full = last.right > column.right - 4 * last.size
    return Paragraph(spans_of(lines), _common(lines), page, box, len(lines), block.gap, full)


def _common(lines: list[Line]) -> Style:
    """The style of most lines; bold and italic only where all of the text is."""
    main = lines[0].style
    if any(line.style is not main for line in lines):
        main = Counter(line.style for line in lines for _ in line.words).most_common(1)[0][0]
    words = [word.style for line in lines for word in line.words if not word.raised]
    bold, italic = all(style.bold for style in words), all(style.italic for style in words)
    return Style(main.size, bold, italic, main.mono)
