"""PPTX: PowerPoint since 2007."""

from __future__ import annotations

from collections.abc import Iterator

from portal.documents.converting import Markdown, Source
from portal.documents.office import blocks, package, plausibility, structure
from portal.documents.office.structure import Block, Section

_SAME_ROW = 228_600
"""A quarter of an inch, in EMU: boxes whose upper edges differ by less stand beside each other."""


def convert(source: Source) -> Markdown:
    """The slides' titles, text, tables and notes, in the order in which they are read. Raises ConversionFailed."""
    prepared = package.prepare(source)
    markdown = of_slides(structure.sections(prepared.path, kind=source.kind))
    plausibility.check(markdown.text, prepared)
    return markdown


def of_slides(slides: list[Section]) -> Markdown:
    """Slides, as office-oxide found them. The title of the first, if that has nothing but titles, is that of the
    whole."""
    elements = [list(_in_order(slide)) for slide in slides]
    if elements and elements[0] and all(block.get("type") in ("heading", "paragraph") for block in elements[0]):
        elements[0][0]["level"] = 1
    return Markdown(blocks.markdown([block for slide in elements for block in slide]), pages=len(slides))


def _in_order(slide: Section) -> Iterator[Block]:
    """The title, what stands in the layout's places, the boxes from top left to bottom right, the notes."""
    elements = slide.get("elements", [])
    boxes = [block for block in elements if "y_emu" in block]
    yield from (block for block in elements if block.get("type") == "heading")
    yield from (block for block in elements if block.get("type") != "heading" and "y_emu" not in block)
    yield from (box for row in _rows(boxes) for box in sorted(row, key=lambda box: box.get("x_emu", 0)))
    if notes := slide.get("speaker_notes"):
        yield {"type": "speaker_notes", "content": notes}


def _rows(boxes: list[Block]) -> list[list[Block]]:
    rows: list[list[Block]] = []
    for box in sorted(boxes, key=lambda box: box["y_emu"]):
        if rows and box["y_emu"] - rows[-1][0]["y_emu"] < _SAME_ROW:
            rows[-1].append(box)
        else:
            rows.append([box])
    return rows
