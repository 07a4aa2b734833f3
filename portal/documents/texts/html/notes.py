"""Footnotes of web pages: a reference is a link to a place in the same page, in superscript or marked as one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portal.documents.texts.html.frames import NOTE

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_START, _END = "\ufdd1", "\ufdd2"
"""Stand around a note's number on its way through HTML. No text may contain these characters (Unicode, 23.7)."""
_MARK = re.compile(f"{_START}([0-9]+){_END}")
_REFERENCES = 'sup a[href^="#"], a[role=doc-noteref][href^="#"], a.footnote-ref[href^="#"]'
_BACK = "a[role=doc-backlink], .mw-cite-backlink, .label"
_OPENING = r"(\s*(?:<(?:p|div)\b[^>]*>\s*)?)"
_MOST_MARKS = 20_000


def taken_out(page: LexborHTMLParser, content: LexborNode) -> str:
    """Puts marks in place of the references within `content`, and takes the notes out of the page. Returns them as
    HTML, which belongs at the end."""
    places = {node.id: node for node in page.css("[id]") if node.id}
    numbers: dict[str, int] = {}
    labels: dict[str, str] = {}
    for link in content.css(_REFERENCES)[:_MOST_MARKS]:
        target = (link.attributes.get("href") or "")[1:]
        if target in places and _is_note(places[target]):
            labels.setdefault(target, link.text(strip=True).strip("[]()"))
            number = numbers.setdefault(target, len(numbers) + 1)
            (_superscript(link) or link).replace_with(f"{_START}{number}{_END}")
    return "\n".join(_note(places[target], n, label) for n, (target, label) in enumerate(labels.items(), 1))


def in_markdown(text: str) -> str:
    """The marks as Markdown has them."""
    return _MARK.sub(r"[^\1]", text) if _START in text else text


def _is_note(place: LexborNode) -> bool:
    """A note is text: a heading or a whole section is only linked to."""
    return place.tag in ("li", "p", "div", "aside", "dd", "span") and not place.css_first("h1, h2, h3, h4, h5, h6")


def _superscript(link: LexborNode) -> LexborNode | None:
    parent = link.parent
    return parent if parent is not None and parent.tag == "sup" and len(parent.css("a")) == 1 else None


def _note(note: LexborNode, number: int, label: str) -> str:
    back = [link for link in note.css('a[href^="#"]') if len(link.text(strip=True)) <= 2]  # an arrow, or a letter
    for node in (*note.css(_BACK), *back):
        node.decompose()
    text = (note.inner_html or "").strip()
    if label:
        text = re.sub(rf"^{_OPENING}(?:<sup>)?[\[(]?{re.escape(label)}[\])]?[.:]?(?:</sup>|\s)\s*", r"\1", text)
    note.decompose()
    return f'<{NOTE} number="{number}">{text}</{NOTE}>'
