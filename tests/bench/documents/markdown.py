"""What a document should become: its Markdown, as a careful person would write it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.bench.documents.model import Block, Code, Document, Heading, Listing, Paragraph, Span, Spans, Table


def known_markdown(document: Document) -> str:
    """The document in Markdown with tables and footnotes; footnotes stand at its end."""
    notes = document.notes()
    blocks = [_block(block, notes) for block in document.blocks]
    blocks += [f"[^{number}]: {note}" for number, note in enumerate(notes, start=1)]
    return "\n\n".join(blocks) + "\n"


def _block(block: Block, notes: list[str]) -> str:
    match block:
        case Heading(level, text):
            return f"{'#' * level} {text}"
        case Paragraph(spans):
            return _line(spans, notes)
        case Listing():
            return "\n".join(_items(block, 0))
        case Table(rows):
            return _table(rows)
        case Code(text):
            return f"```\n{text}\n```"


def _line(spans: Spans, notes: list[str]) -> str:
    return "".join(_span(span, notes) for span in spans)


def _span(span: Span, notes: list[str]) -> str:
    text = span.text
    if span.code:
        text = f"`{text}`"
    if span.bold:
        text = f"**{text}**"
    if span.italic:
        text = f"*{text}*"
    if span.link:
        text = f"[{text}]({span.link})"
    return f"{text}[^{notes.index(span.note) + 1}]" if span.note else text


def _items(listing: Listing, depth: int) -> Iterator[str]:
    for number, item in enumerate(listing.items, start=1):
        mark = f"{number}." if listing.numbered else "-"
        yield f"{' ' * depth}{mark} {_line(item.spans, [])}"
        if item.inner:
            yield from _items(item.inner, depth + len(mark) + 1)


def _table(rows: tuple[tuple[str, ...], ...]) -> str:
    lines = [f"| {' | '.join(row)} |" for row in rows]
    lines.insert(1, "|" + " --- |" * len(rows[0]))
    return "\n".join(lines)
