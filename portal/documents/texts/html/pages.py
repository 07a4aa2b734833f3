"""HTML: the content of a page, without what surrounds it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from portal.documents import failures
from portal.documents.converting import Markdown, Source
from portal.documents.failures import ConversionFailed
from portal.documents.texts.decoding import text_of
from portal.documents.texts.html import notes
from portal.documents.texts.html.depth import flattened
from portal.documents.texts.html.writing import markdown
from portal.documents.writing import escaping

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_AROUND = (
    "script, style, noscript, noembed, noframes, template, iframe, object, embed, canvas, svg, nav, footer, button,"
    " select, textarea, dialog, [hidden], [aria-hidden=true], [role=navigation], [role=banner], [role=contentinfo],"
    " [role=search], header ul, header ol, .noprint, .vector-menu, .vector-dropdown, .mw-editsection, .mw-jump-link,"
    " .mw-indicators, .navbar-mini, .headerlink, .hash-link, .sr-only, .visually-hidden, a[title^='Edit this']"
)
_EMPHASIS_IN_HEADINGS = ":is(h1, h2, h3, h4, h5, h6) :is(b, strong)"
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_MAIN = ("main", "[role=main]", "article")
_LEAST_SHARE = 0.3
"""Of a page's text, for an element to be its main content."""


def convert(source: Source) -> Markdown:
    """Headings, paragraphs, lists, tables, links and code of the page's main content. Raises ConversionFailed."""
    text = text_of(source.path, declared=True)
    made = of_page(text)
    if not made.strip():
        raise ConversionFailed(failures.EMPTY)
    return Markdown(made)


def of_page(html: str) -> str:
    """A whole page as Markdown."""
    from selectolax.lexbor import LexborHTMLParser

    page = LexborHTMLParser(flattened(html))
    content = _main_content(page)
    if content is None:
        return ""
    _prune(content, whole=content.tag == "body")
    notes_at_end = notes.taken_out(page, content)
    title = page.css_first("head title")
    heading = title.text(strip=True) if title and not content.css_first("h1") else ""
    body = notes.in_markdown(markdown(f"{content.html}\n{notes_at_end}"))
    return f"# {escaping.inline(heading)}\n\n{body}" if heading and body.strip() else body


def of_fragment(html: str) -> str:
    """A piece of HTML as Markdown, as feeds and other files contain it."""
    return of_page(f"<body>{html}</body>").strip()


def _main_content(page: LexborHTMLParser) -> LexborNode | None:
    body = page.body
    for selector in _MAIN:
        found = page.css(selector)
        if body and len(found) == 1 and len(found[0].text()) >= _LEAST_SHARE * len(_visible_text(body)):
            return found[0]
    return body


def _visible_text(body: LexborNode) -> str:
    return body.text(skip_empty=True) if not body.css_first("script, style") else _without_code(body)


def _without_code(body: LexborNode) -> str:
    for node in body.css("script, style"):
        node.decompose()
    return body.text(skip_empty=True)


def _prune(content: LexborNode, *, whole: bool) -> None:
    _remove(content.css(_AROUND))
    for node in content.css("xmp, plaintext"):  # what is in them is text, and would be written without escaping
        node.replace_with(node.text())
    _remove([node for node in content.css("[style]") if _HIDDEN.search(node.attributes.get("style") or "")])
    for node in content.css(_EMPHASIS_IN_HEADINGS):
        node.unwrap()
    if whole:
        _remove([node for node in content.css("header, aside") if not node.css_first("h1")])


def _remove(nodes: list[LexborNode]) -> None:
    for node in nodes:
        node.decompose()
