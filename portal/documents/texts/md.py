"""Markdown, which is ready as it is: it is only checked."""

from __future__ import annotations

import re
from pathlib import Path

from portal.documents.converting import Markdown, Source
from portal.documents.texts.decoding import utf8_of

_FENCED = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^ {0,3}(?:(#{1,6})(?:[ \t]|$)|[^\s#>|`*+-][^\n]*\n {0,3}(?:(=+)|-{2,})[ \t]*$)", re.MULTILINE)


def check(path: Path) -> list[str]:
    """What is worth knowing of a Markdown file, as sentences for people; nothing where all is well. Raises
    ConversionFailed: it isn't UTF-8, or has nothing but white space."""
    return advice(utf8_of(path))


def convert(source: Source) -> Markdown:
    """The text as it is, without a byte order mark. Raises ConversionFailed."""
    text = utf8_of(source.path)
    return Markdown(text, notes=advice(text))


def advice(text: str) -> list[str]:
    """What could be better in a Markdown text."""
    levels = _levels(text)
    if not levels:
        return ["The text has no headings. With headings, its parts are found more easily."]
    for above, below in zip([0, *levels], levels, strict=False):
        if below > above + 1 and above:
            return [f"A heading of level {below} follows one of level {above}: a level is left out between them."]
    return []


def _levels(text: str) -> list[int]:
    without_code = _FENCED.sub("", text.replace("\r\n", "\n"))
    return [len(mark) if mark else 1 if underline else 2 for mark, underline in _HEADING.findall(without_code)]
