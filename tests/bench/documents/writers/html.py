"""HTML as a site serves it: with a style and a script, neither of which is text."""

from __future__ import annotations

from html import escape
from pathlib import Path

from tests.bench.documents import model

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>body {{ font: 1rem/1.5 serif; max-width: 40rem; }} td, th {{ padding: .2em .5em; }}</style>
<script>window.loaded = Date.now();</script>
</head>
<body>
{body}
</body>
</html>
"""


def write_html(document: model.Document, path: Path) -> None:
    notes = document.notes()
    blocks = [_block(block, notes) for block in document.blocks]
    blocks += [f'<p id="note-{n}"><sup>{n}</sup> {escape(note)}</p>' for n, note in enumerate(notes, start=1)]
    path.write_text(PAGE.format(title=escape(document.title), body="\n".join(blocks)), "utf-8")


def _block(block: model.Block, notes: list[str]) -> str:
    match block:
        case model.Heading(level, text):
            return f"<h{level}>{escape(text)}</h{level}>"
        case model.Paragraph(spans):
            return f"<p>{_line(spans, notes)}</p>"
        case model.Listing():
            return _list(block)
        case model.Table(rows):
            return _table(rows)
        case model.Code(text):
            return f"<pre><code>{escape(text)}</code></pre>"


def _line(spans: model.Spans, notes: list[str]) -> str:
    return "".join(_span(span, notes) for span in spans)


def _span(span: model.Span, notes: list[str]) -> str:
    text = escape(span.text)
    for wanted, tag in ((span.code, "code"), (span.bold, "strong"), (span.italic, "em")):
        text = f"<{tag}>{text}</{tag}>" if wanted else text
    if span.link:
        text = f'<a href="{escape(span.link)}">{text}</a>'
    if span.note:
        number = notes.index(span.note) + 1
        text += f'<sup><a href="#note-{number}">{number}</a></sup>'
    return text


def _list(listing: model.Listing) -> str:
    tag = "ol" if listing.numbered else "ul"
    items = [f"<li>{_line(item.spans, [])}{_list(item.inner) if item.inner else ''}</li>" for item in listing.items]
    return "\n".join([f"<{tag}>", *items, f"</{tag}>"])


def _table(rows: tuple[tuple[str, ...], ...]) -> str:
    head, *body = rows
    lines = ["<table>", f"<thead><tr>{''.join(f'<th>{escape(cell)}</th>' for cell in head)}</tr></thead>", "<tbody>"]
    lines += [f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in body]
    return "\n".join([*lines, "</tbody>", "</table>"])
