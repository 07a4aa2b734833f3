"""The last step of every conversion: Markdown that any program can read."""

from __future__ import annotations

import re
from collections.abc import Iterator

_UNWANTED = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")
"""Control characters, halves of surrogate pairs, characters that no text may contain."""
_OTHER_LINE_ENDS = "\r\f\x85\u2028\u2029"
_LINE_ENDS = re.compile(f"\r\n|[{_OTHER_LINE_ENDS}]")
_CODE = re.compile(
    r"\n(?P<block>[ \t]*(?P<mark>`{3,}|~{3,})[^\n`]*\n.*?\n[ \t]*(?P=mark)[ \t]*)$", re.MULTILINE | re.DOTALL
)
_SPACE_AT_END = re.compile(r"(?<=\S)[ \t]+$", re.MULTILINE)
_EMPTY_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")


def tidied(text: str) -> str:
    """Without control characters; lines end with a line feed, and there is one at the end; outside of code, no more
    than one empty line in a row."""
    if any(end in text for end in _OTHER_LINE_ENDS):  # looked for first, since that takes no time
        text = _LINE_ENDS.sub("\n", text)
    text = _UNWANTED.sub("", text)
    return "".join(_outside_code(f"\n{text}")).strip("\n") + "\n"


def _outside_code(text: str) -> Iterator[str]:
    """A line feed stands before the text: it is what a search is quick to find."""
    end = 0
    for block in _CODE.finditer(text):
        yield _close(text[end : block.start("block")])
        yield block["block"]
        end = block.end()
    yield _close(text[end:])


def _close(text: str) -> str:
    if " \n" in text or "\t\n" in text or text.endswith((" ", "\t")):
        text = _SPACE_AT_END.sub("", text)
    return _EMPTY_LINES.sub("\n\n", text)
