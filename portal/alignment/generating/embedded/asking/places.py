"""Where a passage stands, in words for questions."""

from __future__ import annotations

from dataclasses import dataclass

from portal.alignment.generating.embedded.passages import Draft
from portal.alignment.generating.reading.naming import is_generic, shortened, unnumbered
from portal.alignment.generating.reading.outline import Outline


@dataclass(frozen=True)
class Place:
    """The title of the document and the name of the section, both in quotation marks. `section` names those above it,
    too, where it wouldn't say enough alone, `full_section` always does; they are empty for what stands under the title
    alone. `heading` is the words of the last heading."""

    title: str
    section: str
    full_section: str
    heading: str

    @property
    def where(self) -> str:
        """What goes behind a verb: ` under "Refunds"`, or nothing."""
        return f" under {self.section}" if self.section else ""

    @property
    def source(self) -> str:
        """What is quoted: the section or, where there is none, the document."""
        return f"the section {self.section} of {self.title}" if self.section else self.title


def place_of(draft: Draft, outline: Outline) -> Place:
    """The place of a passage in the document with that outline."""
    names = [shortened(unnumbered(heading.words)) for heading in draft.headings]
    if names and names[0].casefold() == outline.title.casefold():
        names = names[1:]
    names = [name for name in names if name]
    return Place(
        title=quoted(shortened(outline.title)),
        section=_named(_telling(names, outline)),
        full_section=_named(names),
        heading=names[-1] if names else "",
    )


def _telling(names: list[str], outline: Outline) -> list[str]:
    """The last names, as many as it takes to know the section."""
    for first in range(len(names) - 1, 0, -1):
        if not (is_generic(names[first]) or names[first].casefold() in outline.repeated):
            return names[first:]
    return names


def _named(names: list[str]) -> str:
    if not names:
        return ""
    above = ", ".join(quoted(name) for name in reversed(names[:-1]))
    return f"{quoted(names[-1])} (in {above})" if above else quoted(names[-1])


def quoted(words: str) -> str:
    """Words as they stand in the document, in quotation marks; theirs become single ones. Code has marks of its own."""
    if words.startswith("`") and words.endswith("`") and words.count("`") == 2:
        return words
    return '"' + words.replace('"', "'") + '"'
