"""Markdown within lines: without what only a page can use, and without any marks."""

from __future__ import annotations

import re
from html import unescape

_SPECIAL = re.compile(r"[\[<&\\*_`~]")
_MARKED = re.compile(
    r"""(?=[`\\\[!<])(?:(?P<code>(?P<ticks>`{1,3})(?!`)[^\n]{1,300}?(?<!`)(?P=ticks)(?!`))
    | \\(?P<escaped>[!-/:-@\[-`{-~])
    | (?P<note>\[\^[^\]\s]{1,60}\] | \[\\?\[?\d{1,4}\\?\]?\]\(\#[^()\s]{0,300}\))
    | !\[(?P<image>[^\[\]]{0,300})\](?:\([^()\n]{0,1000}(?:\([^()\n]{0,300}\)[^()\n]{0,300}){0,3}\)|\[[^\[\]]{0,100}\])
    | \[(?P<words>(?:[^\[\]\\]|\\.){1,500})\]
      \((?:<[^<>\n]{0,2000}>|[^()\n]{0,2000}(?:\([^()\n]{0,300}\)[^()\n]{0,300}){0,3})[^()\n]{0,300}\)
    | \[(?!\d{1,4}\])(?P<label>(?:[^\[\]\\]|\\.){1,500})\]\[[^\[\]]{0,100}\]  # [1][2] are two notes
    | <(?P<address>(?:https?://|mailto:)[^<>\s]{1,2000}|[^<>\s@]{1,100}@[^<>\s@]{1,100})>
    | (?P<break><br\s*/?>)
    | (?P<tag></?[A-Za-z][\w-]{0,30}(?:\s[^<>\n]{0,500})?/?>|<!--.{0,2000}?-->)
    )""",
    re.VERBOSE | re.DOTALL,
)
_EMPHASIS = re.compile(
    r"(?<!\w)(_{1,3})(?=\S)([^_\n]{1,500}?)(?<=\S)\1(?!\w)|(\*{1,3}|~~)(?=\S)([^*\n]{1,500}?)(?<=\S)\3"
)
_LINKED_IMAGE = re.compile(r"\[(!\[[^\[\]]{0,300}\]\([^()\n]{0,1000}\))\](?:\([^()\n]{0,1000}\)|\[[^\[\]]{0,100}\])")
_HELD = re.compile("\x00(\\d+)\x00")


def readable(markdown: str) -> str:
    """Markdown without the targets of links, tags and marks of footnotes; images are replaced by their descriptions."""
    if ("[" not in markdown and "<" not in markdown) or "```" in markdown:
        return markdown
    return _MARKED.sub(_without_targets, _without_linked_images(markdown))


def plain(markdown: str) -> str:
    """The words alone, in one line. Code within the line keeps its marks, so that it can be told from words."""
    if _SPECIAL.search(markdown):
        held: list[str] = []
        markdown = _without_linked_images(markdown.replace("\x00", "\ufffd"))
        markdown = _MARKED.sub(lambda found: _held(found, held), markdown)
        if "*" in markdown or "_" in markdown or "~" in markdown:
            markdown = _EMPHASIS.sub(_inner, _EMPHASIS.sub(_inner, markdown))
        markdown = unescape(markdown)
        if held:
            markdown = _HELD.sub(lambda found: held[int(found[1])], markdown)
    return " ".join(markdown.split())


def _without_linked_images(markdown: str) -> str:
    return _LINKED_IMAGE.sub(r"\1", markdown) if "[![" in markdown else markdown


def _without_targets(found: re.Match[str]) -> str:
    match found.lastgroup:
        case "note" | "tag":
            return ""
        case "break":
            return " "
        case "image" | "words" | "label" | "address":
            return str(found[found.lastgroup])
        case _:
            return found[0]


def _held(found: re.Match[str], held: list[str]) -> str:
    """What mustn't be taken for marks is held back until those are gone."""
    if found["code"] or found["escaped"]:
        held.append(found["code"] or found["escaped"])
        return f"\x00{len(held) - 1}\x00"
    return _without_targets(found)


def _inner(found: re.Match[str]) -> str:
    return found[2] or found[4]
