"""The blocks of a part of a document, by markdown-it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from textwrap import dedent

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from portal.alignment.generating.reading.blocks import (
    Block,
    Code,
    Definition,
    Definitions,
    Heading,
    Item,
    List,
    Paragraph,
    Row,
    Table,
)
from portal.alignment.generating.reading.inline import plain
from portal.alignment.generating.reading.lines import Part

_MOST_NESTING = 20
_MEANING = re.compile(r"[ \t]*[:~]")


def blocks_of(part: Part) -> Iterator[Block]:
    """The blocks in their order. Tags, rules, footnotes and the addresses of links are none."""
    tokens = _parser().parse(part.text)
    at = 0
    while at < len(tokens):
        end = _end(tokens, at)
        make = _MAKERS.get(tokens[at].type)
        if make:
            yield make(part, tokens[at:end])
        at = end


@cache
def _parser() -> MarkdownIt:
    """Only blocks are parsed: what stands within lines is needed for few of them, and takes as long as all the rest."""
    parser = MarkdownIt("commonmark", {"maxNesting": _MOST_NESTING}).enable("table")
    parser.use(footnote_plugin, inline=False, move_to_end=False).use(deflist_plugin)
    parser.core.ruler.disable(["inline", "text_join"])
    return parser


def _end(tokens: Sequence[Token], at: int) -> int:
    """After the block that begins there. Blocks in footnotes aren't on top."""
    if tokens[at].nesting == 0:
        return at + 1
    level = tokens[at].level
    at += 1
    while at < len(tokens) and not (tokens[at].level == level and tokens[at].nesting < 0):
        at += 1
    return at + 1


def _lines(part: Part, token: Token) -> tuple[int, int]:
    """The lines of a block, without empty ones at its end."""
    first, last = token.map or [0, 0]
    while last > first + 1 and not part.lines[last - 1].strip():
        last -= 1
    return first, max(last, first + 1)


def _range(part: Part, token: Token) -> tuple[int, int, str]:
    first, last = _lines(part, token)
    return part.starts[first], part.ends[last - 1], "\n".join(part.lines[first:last])


def _heading(part: Part, tokens: Sequence[Token]) -> Heading:
    return Heading(*_range(part, tokens[0]), int(tokens[0].tag[1]), plain(tokens[1].content))


def _paragraph(part: Part, tokens: Sequence[Token]) -> Paragraph:
    start, end, _ = _range(part, tokens[0])
    return Paragraph(start, end, tokens[1].content)


def _code(part: Part, tokens: Sequence[Token]) -> Code:
    start, end, text = _range(part, tokens[0])
    if tokens[0].type == "code_block":
        text = f"```\n{dedent(text)}\n```"
    return Code(start, end, text, tokens[0].info.strip().split(" ", 1)[0])


def _quotation(part: Part, tokens: Sequence[Token]) -> Block:
    return Block(*_range(part, tokens[0]))


def _list(part: Part, tokens: Sequence[Token]) -> List:
    starts = [at for at, token in enumerate(tokens) if token.type == "list_item_open" and token.level == 1]
    items = tuple(_item(part, tokens, at) for at in starts)
    return List(*_range(part, tokens[0]), tokens[0].type == "ordered_list_open", items, is_whole=True)


def _item(part: Part, tokens: Sequence[Token], at: int) -> Item:
    start, end, text = _range(part, tokens[at])
    lead = tokens[at + 2].content if tokens[at + 1].type == "paragraph_open" else ""
    return Item(start, end, text, lead)


def _definitions(part: Part, tokens: Sequence[Token]) -> Definitions:
    items = []
    term: Token | None = None
    for at, token in enumerate(tokens):
        if token.type == "dt_open" and token.level == 1:
            term = tokens[at + 1]
        elif token.type == "dd_open" and token.level == 1 and term is not None:
            items.append(_definition(part, term, tokens[at + 1]))
    return Definitions(*_range(part, tokens[0]), tuple(items))


def _definition(part: Part, term: Token, meaning: Token) -> Definition:
    _, end, text = _range(part, meaning)
    first, _ = _lines(part, term)
    content = dedent(_MEANING.sub(lambda found: " " * len(found[0]), text, count=1)).strip()
    return Definition(part.starts[first], end, f"{part.lines[first]}\n{text}", term.content, content)


def _table(part: Part, tokens: Sequence[Token]) -> Table:
    first, last = _lines(part, tokens[0])
    is_repeated = first < part.repeated
    start = part.starts[min(2, last - 1) if is_repeated else first]
    columns = tuple(token.content for token in tokens if token.type == "inline" and token.map == [first, first + 1])
    rows = tuple(_row(part, tokens, at, len(columns)) for at in _body(tokens))
    head = None if is_repeated else "\n".join(part.lines[first : first + 2])
    text = "\n".join(part.lines[2 if is_repeated else first : last])
    return Table(start, part.ends[last - 1], text, head, columns, rows, is_whole=not is_repeated)


def _body(tokens: Sequence[Token]) -> list[int]:
    return [at for at, token in enumerate(tokens) if token.type == "tr_open"][1:]


def _row(part: Part, tokens: Sequence[Token], at: int, columns: int) -> Row:
    cells = tuple(token.content for token in tokens[at + 2 : at + 2 + 3 * columns : 3])
    return Row(*_range(part, tokens[at]), cells)


_MAKERS: dict[str, Callable[[Part, Sequence[Token]], Block]] = {
    "heading_open": _heading,
    "paragraph_open": _paragraph,
    "fence": _code,
    "code_block": _code,
    "blockquote_open": _quotation,
    "bullet_list_open": _list,
    "ordered_list_open": _list,
    "dl_open": _definitions,
    "table_open": _table,
}
