"""Text that means itself, written so that Markdown doesn't take it for something else. No more is escaped than has to
be: Markdown is read by people and by programs that don't parse it, too."""

from __future__ import annotations

import re
from collections.abc import Callable

_INLINE = re.compile(
    r"""\\(?=[!-/:-@\[-`{-~])                  # a backslash that would escape what follows
    | `
    | \*(?=\S) | (?<=\S)\*                     # emphasis needs a star that touches something
    | (?<![^\W_])_(?=\S) | (?<=\S)_(?![^\W_])  # an underscore within a word is only that
    | ~(?=~) | (?<=~)~
    | \[(?=[^\]\n]{0,300}\][(:\[]) | \[(?=\^)
    | <(?=[A-Za-z/!?])
    | &(?=\#?\w{1,32};)
    """,
    re.VERBOSE,
)
_STAR_AT_EDGE = re.compile(r"^\*|(?<!\\)\*$")
_SPECIAL = re.compile(r"[\\`*_~\[<&]")
_LINE_START = re.compile(
    r"""^(?P<gap>[ \t]*)(?:
      (?P<mark> \#(?=\#{0,5}(?:\s|$)) | [-+*](?=\s|$) | > | =(?==*\s*$) | -(?=[- ]*$) | \| )
    | (?P<number>\d{1,9})(?=[.)](?:\s|$))
    )""",
    re.MULTILINE | re.VERBOSE,
)


def inline(text: str, *, alone: bool = True) -> str:
    """Text within a line: nothing of it is taken for emphasis, code, a link, a tag or an entity. Unless it stands
    `alone`, other text may touch it, so a star at its edge could mean something."""
    if not is_special(text):
        return text
    text = _INLINE.sub(_with_backslash, text)
    return text if alone else _STAR_AT_EDGE.sub(_with_backslash, text)


def is_special(text: str) -> bool:
    """Whether a text has any sign that Markdown could take for something."""
    return _SPECIAL.search(text) is not None


def block(text: str) -> str:
    """Text of whole lines: as `inline`, and no line is taken for a heading, a list, a quotation or a rule."""
    return line_start(inline(text))


def line_start(text: str) -> str:
    """Only the latter, for lines that are Markdown already."""
    return _LINE_START.sub(_start_with_backslash, text)


def fence_for(code: str) -> str:
    """The line of backticks that begins and ends a block of that code."""
    longest = max((len(run) for run in re.findall(r"`{3,}", code)), default=2)
    return "`" * (longest + 1)


def code(text: str) -> str:
    """Code within a line."""
    ticks = "`" * (max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    gap = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{gap}{text}{gap}{ticks}"


def address(url: str) -> str:
    """A link's address as it stands between the round brackets; empty for schemes that a browser would run."""
    url = "".join(url.split()) if ":" in url[:30] else url.strip()
    if re.match(r"(?i)[\x00-\x20]*(?:javascript|vbscript|data|file)\s*:", url):
        return ""
    return f"<{url}>".replace("\n", "") if re.search(r"[\s()<>]", url) and not re.search(r"[<>]", url) else url


def link(label: str, url: str) -> str:
    """A link, or only its label where the address is none that may be followed."""
    target = address(url)
    return f"[{label}]({target})" if target and label.strip() else label


def around(text: str, mark: Callable[[str], str]) -> str:
    """Marks stand at the text, never at the space around it: Markdown wouldn't take them for marks."""
    inner = text.strip()
    if not inner:
        return text
    start = text.index(inner)
    return text[:start] + mark(inner) + text[start + len(inner) :]


def _with_backslash(match: re.Match[str]) -> str:
    return "\\" + match[0]


def _start_with_backslash(match: re.Match[str]) -> str:
    return f"{match['gap']}{match['number']}\\" if match["number"] else f"{match['gap']}\\{match['mark']}"
