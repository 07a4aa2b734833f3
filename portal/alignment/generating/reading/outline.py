"""What a document is about, found without parsing it: its title, its headings, and those that come twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from portal.alignment.generating.reading.inline import plain
from portal.alignment.generating.reading.lines import content_start
from portal.alignment.generating.reading.naming import is_generic, name_of_file, unnumbered

_HEADING = re.compile(
    r"""^[ ]{0,3}(?:
      (?P<fence>`{3,}|~{3,})
    | (?P<marks>\#{1,6})[ \t]+(?P<words>[^\r\n]{1,500}?)[ \t#]*\r?$
    | (?P<above>[^\s#>|`*+-][^\r\n]{0,500})\r?\n[ ]{0,3}=+[ \t]*\r?$
    )""",
    re.MULTILINE | re.VERBOSE,
)
_TITLE = re.compile(r"^title[ \t]*:[ \t]*(?P<title>[^\r\n]{1,200})", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True)
class Outline:
    """The title of a document, and the names (in small letters) of sections that it has more than one of."""

    title: str
    repeated: frozenset[str]


def outline_of(name: str, text: str) -> Outline:
    """The outline of the document that people know by that name.

    Its title is the one in the YAML on top; else the only heading of the first level, if no other is before it; else
    the name of the file, made readable.
    """
    seen: set[int] = set()  # hashes: a document can have very many headings
    repeated: set[str] = set()
    tops: list[str] = []
    for number, (level, words) in enumerate(headings_of(text)):
        section = unnumbered(plain(words))
        if hash(section.casefold()) in seen:
            repeated.add(section.casefold())
        seen.add(hash(section.casefold()))
        if level == 1 and len(tops) < 2:
            tops.append(section if number == 0 else "")
    title = _given_title(text) or (tops[0] if len(tops) == 1 else "")
    return Outline(title if title and not is_generic(title) else name_of_file(name), frozenset(repeated))


def _given_title(text: str) -> str:
    given = _TITLE.search(text, 0, content_start(text))
    return plain(given["title"].strip().strip("\"'")) if given else ""


def headings_of(text: str) -> Iterator[tuple[int, str]]:
    """Levels and words (Markdown) of the headings. Those that are only underlined with hyphens are left out."""
    fence = ""
    for found in _HEADING.finditer(text, content_start(text)):
        if found["fence"]:
            fence = found["fence"] if not fence else "" if found["fence"].startswith(fence) else fence
        elif not fence:
            yield len(found["marks"] or "#"), found["words"] or found["above"]
