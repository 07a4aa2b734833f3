"""The kinds of documents that are texts: each says of a document what it can."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from portal.documents.kinds import Kind
from tests.bench.documents import model
from tests.bench.documents.markdown import known_markdown


def write_text(document: model.Document, path: Path, kind: Kind) -> None:
    """Write `document` as a text of `kind`. Tables alone go into CSV, JSON and JSONL.

    Raises:
        KeyError: if documents of this kind aren't texts.
    """
    if kind is Kind.CSV:
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(_rows(document))
    else:
        path.write_text(_TEXTS[kind](document), "utf-8")


def _plain(document: model.Document) -> str:
    return "\n\n".join(text for _, text in _pieces(document)) + "\n"


def _rst(document: model.Document) -> str:
    marks = dict(zip(("1", "2", "3", "4"), "=-~.", strict=True))
    pieces = (f"{text}\n{marks[level] * len(text)}" if level else text for level, text in _pieces(document))
    return "\n\n".join(pieces) + "\n"


def _rtf(document: model.Document) -> str:
    paragraphs = (
        f"{{\\b {_rtf_text(text)}}}\\par" if level else f"{_rtf_text(text)}\\par" for level, text in _pieces(document)
    )
    return "{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Times;}}\n" + "\n".join(paragraphs) + "\n}\n"


def _rtf_text(text: str) -> str:
    """Other letters than those of ASCII by their numbers (*Rich Text Format Specification* 1.9, Unicode RTF)."""
    return "".join(letter if letter.isascii() else f"\\u{ord(letter)}?" for letter in text)


def _xml(document: model.Document) -> str:
    pieces = (
        f"  <{'heading' if level else 'p'}>{escape(text)}</{'heading' if level else 'p'}>"
        for level, text in _pieces(document)
    )
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', "<document>", *pieces, "</document>", ""])


def _json(document: model.Document) -> str:
    return json.dumps({"title": document.title, "rows": list(_records(document))}, ensure_ascii=False, indent=2)


def _jsonl(document: model.Document) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in _records(document))


def _pieces(document: model.Document) -> Iterator[tuple[str, str]]:
    """Headings with their levels, paragraphs and items without one."""
    for block in document.blocks:
        match block:
            case model.Heading(level, text):
                yield str(level), text
            case model.Paragraph(spans):
                yield "", "".join(span.text for span in spans)
            case model.Listing(items):
                yield from (("", "".join(span.text for span in item.spans)) for item in items)


def _records(document: model.Document) -> Iterator[dict[str, str]]:
    head, *body = _rows(document)
    for row in body:
        yield {f"{name} {column}": cell for column, (name, cell) in enumerate(zip(head, row, strict=True), start=1)}


def _rows(document: model.Document) -> list[tuple[str, ...]]:
    """Those of the first table."""
    return next(list(block.rows) for block in document.blocks if isinstance(block, model.Table))


_TEXTS = {
    Kind.TXT: _plain,
    Kind.RST: _rst,
    Kind.RTF: _rtf,
    Kind.XML: _xml,
    Kind.JSON: _json,
    Kind.JSONL: _jsonl,
    Kind.MARKDOWN: known_markdown,
}
