"""Markdown as HTML that is safe to show, in parts: a document can have more of it than a page should."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.footnote import footnote_plugin

PART = 60_000
"""Characters of Markdown that are shown at once."""
MOST_BRACKETS = 1_000
"""In a paragraph. Looking for the ends of links takes time that grows with their square."""

_TAGS = {
    *("h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "code"),
    *("table", "thead", "tbody", "tr", "th", "td", "a", "em", "strong", "s", "del", "sub", "sup", "span", "section"),
}
_ATTRIBUTES = {
    "a": {"href", "id"},
    "li": {"id"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_CLASSES = {"span": {"image"}, "section": {"footnotes"}}
_ADDRESS = re.compile(r"(?i)(?:https?://|mailto:|#fn)")
_FENCE = re.compile(r"^ {0,3}(?P<mark>`{3,}|~{3,})(?P<rest>.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """A piece of a document: its HTML, and which characters of the Markdown it was made of, from `start` up to `end`.
    `is_last` says that nothing follows; otherwise the next part starts at `end`."""

    html: str
    start: int
    end: int
    is_last: bool


def render(text: str) -> str:
    """The HTML of Markdown, or of its first `PART` characters. It has no scripts, no images (their descriptions stand
    for them), no first-level heading (a page has its own), and no links but to the web and to its own notes."""
    return render_part(text).html


def render_part(text: str, start: int = 0, size: int = PART) -> Part:
    """The same for the blocks from the character `start` on, about `size` characters of them."""
    start = min(max(start, 0), len(text))
    fence = _open_fence(text, start)
    end = _end(text, start, size, in_code=bool(fence))
    html = _parser().render((fence or _table_head(text, start)) + _tamed(text[start:end]))
    return Part(_sanitised(html), start, end, end >= len(text))


def _open_fence(text: str, start: int) -> str:
    """The line with which the block of code begins in whose middle a part starts."""
    opened = None
    for fence in _FENCE.finditer(text, 0, start):
        if opened is None:
            opened = fence
        elif fence["mark"].startswith(opened["mark"]) and not fence["rest"].strip():
            opened = None
    return f"{opened[0]}\n" if opened else ""


def _end(text: str, start: int, size: int, *, in_code: bool) -> int:
    """Between two blocks if one ends in time, else between two lines; before a block of code rather than in it."""
    limit = start + size
    if limit >= len(text):
        return len(text)
    block = text.rfind("\n\n", start + 1, limit)
    end = block + 2 if block > 0 else text.rfind("\n", start + 1, limit) + 1 or limit
    fences = list(_FENCE.finditer(text, start, end))
    begins_code = fences and (len(fences) + in_code) % 2 and fences[-1].start() > start
    return fences[-1].start() if begins_code else end


def _table_head(text: str, start: int) -> str:
    """The head of the table in whose middle a part starts."""
    if not text.startswith("|", start) or text[max(0, start - 2) : start] in ("", "\n\n"):
        return ""
    top = text.rfind("\n\n", 0, start) + 2 if "\n\n" in text[:start] else 0
    lines = text[top : top + PART].split("\n", 2)[:2]
    return "\n".join(lines) + "\n" if len(lines) == 2 and set(lines[1]) <= set("|-: ") else ""


def _tamed(text: str) -> str:
    if text.count("[") <= MOST_BRACKETS:
        return text
    paragraphs = (part.replace("[", "\\[") if part.count("[") > MOST_BRACKETS else part for part in text.split("\n\n"))
    return "\n\n".join(paragraphs)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": 40}).enable(["table", "strikethrough"])
    parser.use(footnote_plugin)
    parser.core.ruler.push("shift_headings", _shift_headings)
    parser.add_render_rule("image", _image_in_words)
    return parser


def _shift_headings(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"


def _image_in_words(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    words = renderer.renderInlineAsText(tokens[index].children, options, env)
    return f'<span class="image">{escape(words)}</span>' if words.strip() else ""


def _sanitised(html: str) -> str:
    return nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow",
    )


def _attribute(_tag: str, name: str, value: str) -> str | None:
    if name == "href" and not _ADDRESS.match(value):
        return None  # it would lead into the portal
    return value if name != "id" or value.startswith("fn") else None
