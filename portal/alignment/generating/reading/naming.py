"""Names of documents and sections: what they are called in a question."""

from __future__ import annotations

import re
from functools import lru_cache

from portal.alignment.generating.reading.headings import GENERIC_HEADINGS, REGISTERS

_ENDINGS = re.compile(
    r"\.(?:md|markdown|mdown|pdf|docx?|pptx?|xlsx?|html?|rtf|rst|txt|csv|jsonl?|xml)$",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"""\A(?: q(?:uestion)?\s*\d*[:.]\s*(?=\w)
    | (?:
        (?:chapter|section|part|article|appendix|step)\s+(?:\d+(?:\.\d+)*|[IVXLC]+|[A-Z])
      | \d+(?:\.\d+)+[.):]? | \d{1,3}[.):] | [IVXLC]+[.)] | [A-Z][.)] | §+\s*\d+\.?
      )
      (?:\s*[-–—:.]\s*|\s+)(?-i:(?=[^\W\d_a-zß-öø-ÿ]))  # “3.5 mm” is no number of a section
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_BARE_NUMBER = re.compile(r"\A\d{1,3}\s+")
_NUMBERED = re.compile(
    r"(?:page|chapter|section|part|slide|sheet|figure|table|step|appendix|article|unit|lesson|day|week|seite|kapitel)"
    r"[\s_-]*(?:\d+(?:\.\d+)*|[A-Z]|[IVXLC]+)[.:]?",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{24,}", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_LONGEST = 120


def name_of_file(name: str) -> str:
    """The name without its folder and its endings, with spaces between the words."""
    stem = name.replace("\\", "/").rsplit("/", 1)[-1]
    while _ENDINGS.search(stem) and _ENDINGS.sub("", stem).strip(" ._-"):
        stem = _ENDINGS.sub("", stem)
    words = stem if " " in stem else re.sub(r"[_-]+", " ", stem)
    return shortened(" ".join(words.split())) or "this document"


@lru_cache(maxsize=512)
def unnumbered(heading: str) -> str:
    """A heading without the number before it and the colon after it."""
    return _NUMBER.sub("", heading, count=1).rstrip(" :#").strip() or heading


@lru_cache(maxsize=512)
def is_generic(heading: str) -> bool:
    """Whether it only says something together with what it belongs to: “Overview”, “1.2”, “Page 3”."""
    words = _BARE_NUMBER.sub("", heading.casefold().strip(" .:!"))
    return (
        words in GENERIC_HEADINGS
        or not _LETTER.search(words)
        or len(words) < 2
        or _NUMBERED.fullmatch(words) is not None
        or _IDENTIFIER.fullmatch(words) is not None
    )


def is_register(heading: str) -> bool:
    """Whether the section lists where things are, rather than saying something itself."""
    return unnumbered(heading).casefold().strip(" .:") in REGISTERS


def shortened(words: str, length: int = _LONGEST) -> str:
    """At most that many characters, cut between two words."""
    if len(words) <= length:
        return words
    return words[:length].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"
