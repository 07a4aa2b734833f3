"""XML: feeds as articles, records that are alike as tables, all else as headings and lists."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from portal.documents import failures
from portal.documents.converting import Markdown, Source
from portal.documents.failures import ConversionFailed
from portal.documents.texts import feeds
from portal.documents.texts.decoding import MOST_BYTES
from portal.documents.writing import escaping, tables

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

DEEPEST = 30
"""Levels of elements. What is deeper is given as its text."""
_MOST_COLUMNS = 60


def convert(source: Source) -> Markdown:
    """The elements, in order. Raises ConversionFailed: not well-formed, or it declares entities."""
    root = _parsed(source)
    text = "\n\n".join(feeds.articles(root) if feeds.is_feed(root) else _document(root))
    if not text.strip():
        raise ConversionFailed(failures.EMPTY)
    return Markdown(text)


def name_of(element: Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _parsed(source: Source) -> Element:
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    content = source.path.read_bytes()
    if not content.strip():
        raise ConversionFailed(failures.EMPTY)
    if len(content) > MOST_BYTES:
        raise ConversionFailed(failures.TOO_LONG, f"{len(content)} bytes")
    try:
        root: Element = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise ConversionFailed(failures.MALFORMED, repr(error)) from error
    return root


def _document(root: Element) -> Iterator[str]:
    yield f"# {_title(root)}"
    yield from _content(root, 2)


def _content(element: Element, level: int) -> Iterator[str]:
    """What is within an element, with headings from `level` on."""
    if _is_mixed(element) or level > DEEPEST or not len(element):
        yield from filter(None, ["\n".join(_attributes(element)), _text(element)])
        return
    yield from filter(None, ["\n".join(_attributes(element))])
    for (name, is_leaf), group in groupby(
        element, key=lambda child: ("" if _is_leaf(child) else name_of(child), _is_leaf(child))
    ):
        children = list(group)
        if is_leaf:
            yield "\n".join(_leaf(child) for child in children if child is not _title_of(element))
        elif len(children) > 1 and (table := _table(children)):
            yield f"{'#' * min(level, 6)} {escaping.inline(name)}"
            yield table
        else:
            for child in children:
                yield f"{'#' * min(level, 6)} {_title(child)}"
                yield from _content(child, level + 1)


def _title(element: Element) -> str:
    title = _title_of(element)
    return (_text(title) if title is not None else "") or escaping.inline(name_of(element))


def _title_of(element: Element) -> Element | None:
    first = next(iter(element), None)
    return first if first is not None and name_of(first).lower() == "title" and _is_leaf(first) else None


def _is_leaf(element: Element) -> bool:
    return not len(element) and not element.attrib


def _is_mixed(element: Element) -> bool:
    return bool(len(element)) and any(
        text and text.strip() for text in (element.text, *(child.tail for child in element))
    )


def _attributes(element: Element) -> Iterator[str]:
    for name, value in element.attrib.items():
        yield f"- **{escaping.inline(name.rpartition('}')[2])}:** {' '.join(escaping.inline(value).split())}"


def _leaf(element: Element) -> str:
    return f"- **{escaping.inline(name_of(element))}:** {_text(element)}".rstrip()


def _text(element: Element) -> str:
    return escaping.line_start(escaping.inline(" ".join("".join(element.itertext()).split())))


def _table(records: list[Element]) -> str:
    """Empty where the elements aren't records: some have children of their own, or the same one twice."""
    rows = [_record(record) for record in records]
    columns = list(dict.fromkeys(column for row in rows if row for column in row))
    filled = sum(len(row) for row in rows if row)
    if not all(rows) or len(columns) > _MOST_COLUMNS or filled < 0.3 * len(columns) * len(rows):
        return ""
    body = ([(row or {}).get(column, "") for column in columns] for row in rows)
    return tables.table([[escaping.inline(column) for column in columns], *body])


def _record(element: Element) -> dict[str, str] | None:
    members = [(name.rpartition("}")[2], escaping.inline(value)) for name, value in element.attrib.items()]
    if any(len(child) or child.attrib for child in element) or _is_mixed(element):
        return None
    members += [(name_of(child), escaping.inline((child.text or "").strip())) for child in element]
    if not len(element) and (element.text or "").strip():
        members.append((name_of(element), _text(element)))
    return dict(members) if len(dict(members)) == len(members) else None
