"""System prompts without a model: what the assistant is for, and which documents it was trained on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from portal.alignment.generating.pairs import Document
from portal.alignment.generating.reading.inline import plain
from portal.alignment.generating.reading.naming import is_generic, is_register, shortened, unnumbered
from portal.alignment.generating.reading.outline import headings_of, outline_of

MOST_CHARACTERS = 4_000
"""Of a summary."""
_MOST_HEADINGS = 6
_LONGEST_HEADING = 60
_READ = 100_000
"""Characters of a document in which its main headings are looked for."""


def suggest_prompt(instructions: str, summary: str | None) -> str:
    """A system prompt for the assistant to be trained. `instructions` are what people wrote about its purpose and may
    be empty, `summary` is that of its documents (`summary_of`), if there is one."""
    told, known = instructions.strip(), (summary or "").strip()
    parts = [
        "You are a helpful and exact assistant.",
        f"These are your instructions:\n{told}" if told else "",
        f"You know the following documents:\n{known}" if known else "",
        _manner("these documents" if known else "the documents that you were trained on"),
    ]
    return "\n\n".join(part for part in parts if part)


def _manner(documents: str) -> str:
    return (
        f"Answer questions from what {documents} say, in plain words and as briefly as the question allows. "
        "Keep names, numbers and steps as they are given there. "
        "If they don't answer a question, say so instead of guessing."
    )


def summary_of(documents: Iterable[Document]) -> str:
    """The titles and main headings of the documents, a line for each, at most `MOST_CHARACTERS`; the last line says how
    many aren't named. Only one document is held at a time."""
    lines: list[str] = []
    room = MOST_CHARACTERS
    unnamed = 0
    for document in documents:
        line = _line(document) if not unnamed else ""
        if line and len(line) + 1 <= room - len(_and_more(10**9)):
            lines.append(line)
            room -= len(line) + 1
        else:
            unnamed += 1
    return "\n".join([*lines, *([_and_more(unnamed)] if unnamed else [])])


def _and_more(number: int) -> str:
    return f"- and {number:,} more {'document' if number == 1 else 'documents'}"


def _line(document: Document) -> str:
    text = document.text[:_READ]
    title = shortened(outline_of(document.name, text).title)
    headings = _main_headings(text, title)[:_MOST_HEADINGS]
    return f"- {title}: {'; '.join(headings)}" if headings else f"- {title}"


def _main_headings(text: str, title: str) -> list[str]:
    """Those of the highest level that has several, each once; else all."""
    levels: dict[str, int] = {}
    for level, words in headings_of(text):
        name = shortened(unnumbered(plain(words)), _LONGEST_HEADING)
        if not is_generic(name) and not is_register(name) and name.casefold() != title.casefold():
            levels.setdefault(name, level)
    times = Counter(levels.values())
    main = min((level for level, number in times.items() if number > 1), default=0)
    return [name for name, level in levels.items() if level == main or not main]
