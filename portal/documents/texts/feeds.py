"""RSS and Atom: each entry as an article."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from portal.documents.texts import html
from portal.documents.writing import escaping

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_ENTRIES = ("item", "entry")
_CONTENT = ("encoded", "content", "description", "summary")
_DATES = ("pubDate", "published", "updated", "date")
_AUTHORS = ("creator", "author")


def is_feed(root: Element) -> bool:
    """Whether an XML file is a feed."""
    return _name(root) in ("rss", "feed", "RDF") and any(_name(element) in _ENTRIES for element in root.iter())


def articles(root: Element) -> Iterator[str]:
    """The feed's title and what it is about, then each entry with its date, author, text and address."""
    channel = next((child for child in root if _name(child) == "channel"), root)
    yield f"# {_line(channel, ('title',)) or 'Feed'}"
    yield from filter(None, [_text(channel, ("description", "subtitle"))])
    for entry in root.iter():
        if _name(entry) in _ENTRIES:
            yield from _article(entry)


def _article(entry: Element) -> Iterator[str]:
    yield f"## {_line(entry, ('title',)) or 'Untitled'}"
    about = ", ".join(filter(None, [_line(entry, _DATES), _line(entry, _AUTHORS)]))
    yield from filter(None, [about, _text(entry, _CONTENT), _link(entry)])


def _line(element: Element, names: tuple[str, ...]) -> str:
    return escaping.inline(" ".join(_content(element, names).split()))


def _text(element: Element, names: tuple[str, ...]) -> str:
    content = _content(element, names)
    return html.of_fragment(content) if "<" in content or "&" in content else escaping.block(content.strip())


def _content(element: Element, names: tuple[str, ...]) -> str:
    """The text of the child with the first of the names that one has."""
    for name in names:
        for child in element:
            if _name(child) == name and (text := "".join(child.itertext()).strip()):
                return text
    return ""


def _link(entry: Element) -> str:
    links = [child for child in entry if _name(child) == "link"]
    address = next(((link.get("href") or link.text or "").strip() for link in links), "")
    return escaping.link(escaping.inline(address), address) if address else ""


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
