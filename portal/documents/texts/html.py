"""HTML: the content of a page, without what surrounds it."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING

from portal.documents import failures
from portal.documents.converting import Markdown, Source
from portal.documents.failures import ConversionFailed
from portal.documents.texts import notes
from portal.documents.texts.decoding import text_of
from portal.documents.writing import escaping

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

DEEPEST = 256
"""Elements within elements; browsers allow 512, html-to-markdown fewer than its callers can rely on."""

_AROUND = (
    "script, style, noscript, template, iframe, object, embed, canvas, svg, nav, footer, button, select, textarea,"
    " dialog, [hidden], [aria-hidden=true], [role=navigation], [role=banner], [role=contentinfo], [role=search],"
    " header ul, header ol, .noprint, .vector-menu, .vector-dropdown, .mw-editsection, .mw-jump-link, .headerlink,"
    " .hash-link, .sr-only, .visually-hidden"
)
_EMPHASIS_IN_HEADINGS = ":is(h1, h2, h3, h4, h5, h6) :is(b, strong)"
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_MAIN = ("main", "[role=main]", "article")
_LEAST_SHARE = 0.3
"""Of a page's text, for an element to be its main content."""
_TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*)([^<>]*)>")
_ENDLESS = frozenset(
    (
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"),
        *("p", "li", "dt", "dd", "tr", "td", "th", "option", "thead", "tbody", "tfoot", "colgroup"),
    )
)
"""Tags that may have no end (HTML, 13.1.2)."""
_MOST_ATTRIBUTES = 500
"""Words within a tag. Parsers compare each attribute's name with all before it."""
_CROWDED_TAG = re.compile(rf"<[a-zA-Z][^<>]{{{2 * _MOST_ATTRIBUTES},}}")
_SINGLE = ("<br", "<hr", "<img", "<input", "<meta", "<link", "<wbr", "<!")
_SLICE = 4096
_MARKUP_OR_TEXT = re.compile(
    r"""(?:<(?!(?:pre|code)\b)(?:"[^"]*"|[^">])*+> | [^<\\`*_~\[&]++(?=<|\Z))++  # nothing to be escaped
    | <(?P<code>pre|code)\b.*?</(?P=code)>
    | (?P<text>[^<]+)""",
    re.DOTALL | re.VERBOSE,
)
_BACKSLASH = "\ufdd0"
"""Stands for one while html-to-markdown works, which escapes backslashes, but not what needs them. No text may contain
this character (Unicode, 23.7)."""
_EMPTY_LINK = re.compile(r"(?<!!)\[\]\([^()\s]*\)")


def convert(source: Source) -> Markdown:
    """Headings, paragraphs, lists, tables, links and code of the page's main content. Raises ConversionFailed."""
    text = text_of(source.path, declared=True)
    markdown = of_page(text)
    if not markdown.strip():
        raise ConversionFailed(failures.EMPTY)
    return Markdown(markdown)


def of_page(html: str) -> str:
    """A whole page as Markdown."""
    from selectolax.lexbor import LexborHTMLParser

    page = LexborHTMLParser(_flattened(html))
    content = _main_content(page)
    if content is None:
        return ""
    _prune(content, whole=content.tag == "body")
    notes_at_end = notes.taken_out(page, content)
    _tame_links(content)
    title = page.css_first("head title")
    heading = title.text(strip=True) if title and not content.css_first("h1") else ""
    body = notes.in_markdown(_written(f"{content.html}\n{notes_at_end}"))
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
    _remove([node for node in content.css("[style]") if _HIDDEN.search(node.attributes.get("style") or "")])
    for node in content.css(_EMPHASIS_IN_HEADINGS):
        node.unwrap()
    if whole:
        _remove([node for node in content.css("header, aside") if not node.css_first("h1")])


def _remove(nodes: list[LexborNode]) -> None:
    for node in nodes:
        node.decompose()


def _tame_links(content: LexborNode) -> None:
    """Links that lead nowhere outside this page, or run a program, are only their text; images without words go."""
    for link in content.css("a[href]"):
        address = link.attributes.get("href") or ""
        link.attrs["title"] = ""
        if address.startswith("#") or not escaping.address(address):
            link.unwrap()
    for image in content.css("img"):
        words, address = image.attributes.get("alt") or "", image.attributes.get("src") or ""
        if not words.strip():
            image.decompose()
        elif not escaping.address(address):
            image.attrs["src"] = ""


def _written(html: str) -> str:
    from html_to_markdown import ConversionOptions, PreprocessingOptions, convert

    options = ConversionOptions(
        extract_metadata=False,
        br_in_tables=True,
        compact_tables=True,
        bullets="-",
        highlight_style="none",
        newline_style="backslash",
        preprocessing=PreprocessingOptions(enabled=False),
    )
    markdown = convert(_MARKUP_OR_TEXT.sub(_escaped, html), options).content or ""
    markdown = _EMPTY_LINK.sub("", markdown) if "[](" in markdown else markdown
    return markdown.replace(_BACKSLASH, "\\").replace("](<>)", "]()")


def _escaped(part: re.Match[str]) -> str:
    """Text that would be taken for Markdown, escaped before it becomes Markdown: afterwards nothing tells it apart."""
    text = part["text"]
    if not text:
        return part[0]
    return escape(escaping.inline(unescape(text), alone=False).replace("\\", _BACKSLASH), quote=False)


def _flattened(html: str) -> str:
    """Without the tags that are deeper than `DEEPEST`, and without the attributes of a tag that has too many; the text
    stays. Parsers take time that grows with the square of either, or give up."""
    if not _CROWDED_TAG.search(html) and _greatest_depth(html) < DEEPEST:
        return html
    depth = 0

    def shallow(tag: re.Match[str]) -> str:
        nonlocal depth
        name = tag[2].lower()
        if len(tag[3]) > _MOST_ATTRIBUTES and len(tag[3].split()) > _MOST_ATTRIBUTES:
            return f"<{tag[1]}{tag[2]}>"
        if name in _ENDLESS or tag[3].endswith("/"):
            return tag[0] if depth <= DEEPEST else " "
        depth += -1 if tag[1] else 1
        depth = max(depth, 0)
        return tag[0] if depth < DEEPEST or (tag[1] and depth < DEEPEST) else " "

    return _TAG.sub(shallow, html)


def _greatest_depth(html: str) -> int:
    """No less than the depth of any element: how many more begin than end, up to there."""
    depth = greatest = 0
    singles = [tag for tag in _SINGLE if tag in html]
    for start in range(0, len(html), _SLICE):
        piece = html[start : start + _SLICE]
        single = sum(map(piece.count, singles))
        opened = piece.count("<") - piece.count("</") - single
        greatest = max(greatest, depth + opened)
        depth = max(0, depth + opened - piece.count("</"))
    return greatest
