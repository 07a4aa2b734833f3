"""Runs of text to Markdown: emphasis, links, code, marks of notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from portal.documents.office.structure import Block
from portal.documents.writing import escaping

_MONOSPACED = (
    *("andale mono", "cascadia code", "cascadia mono", "consolas", "courier", "dejavu sans mono", "fira code"),
    *("fira mono", "inconsolata", "jetbrains mono", "liberation mono", "lucida console", "menlo", "monaco"),
    *("noto mono", "noto sans mono", "roboto mono", "sf mono", "source code pro", "ubuntu mono"),
)
"""How the names of fonts begin whose letters all have one width."""


class Style(NamedTuple):
    """How a run looks; plain runs look like `PLAIN`."""

    bold: bool = False
    italic: bool = False
    struck: bool = False
    code: bool = False
    link: str = ""


PLAIN = Style()


@dataclass
class Notes:
    """Footnotes and endnotes are numbered together, as they are met."""

    numbers: dict[tuple[str, object], int] = field(default_factory=dict)

    def number(self, kind: str, identity: object) -> int:
        """Of the note that the document knows by that identity; `kind` is `footnote` or `endnote`."""
        return self.numbers.setdefault((kind, identity), len(self.numbers) + 1)


@dataclass
class Writer:
    """Writes runs. `code_fonts` says whether monospaced text is code: not in a document that is all typewriter."""

    notes: Notes
    code_fonts: bool = True

    def inline(self, runs: Iterable[Block], *, bold: bool = True) -> str:
        """Runs as one stretch of Markdown; `bold=False` where all is bold anyway, as in headings."""
        runs = list(runs)
        if len(runs) == 1 and self._style(runs[0], bold=bold) == PLAIN:
            return "".join(self._runs(runs))
        styled = ((self._style(run, bold=bold), run) for run in runs)
        return "".join(
            self._stretch(style, [run for _, run in group]) for style, group in groupby(styled, lambda s: s[0])
        )

    def is_code(self, runs: list[Block]) -> bool:
        """Whether all of a paragraph's text is in a monospaced font."""
        texts = [run for run in runs if run.get("text", "").strip()]
        return self.code_fonts and bool(texts) and all(is_monospaced(run) for run in texts)

    def _style(self, run: Block, *, bold: bool) -> Style:
        return Style(
            bold and bool(run.get("bold")),
            bool(run.get("italic")),
            bool(run.get("strikethrough")),
            self.code_fonts and is_monospaced(run),
            run.get("hyperlink") or "",
        )

    def _stretch(self, style: Style, runs: list[Block]) -> str:
        if style.code:
            return escaping.around(plain(runs), lambda text: escaping.code(text.replace("\n", " ")))
        text = "".join(self._runs(runs))
        marks = "**" * style.bold + "*" * style.italic + "~~" * style.struck
        if marks:
            text = escaping.around(text, lambda inner: marks + inner + marks[::-1])
        return escaping.around(text, lambda inner: escaping.link(inner, style.link)) if style.link else text

    def _runs(self, runs: list[Block]) -> Iterator[str]:
        """Text is joined before it is escaped: Word cuts it anywhere."""
        for is_text, group in groupby(runs, lambda run: run.get("type", "text") == "text"):
            if is_text:
                yield escaping.inline("".join(run.get("text") or "" for run in group), alone=False)
            else:
                yield from map(self._mark, group)

    def _mark(self, run: Block) -> str:
        match run.get("type"):
            case "footnote_ref" | "endnote_ref" as kind:
                return f"[^{self.notes.number(kind.removesuffix('_ref'), run.get('note_id'))}]"
            case "line_break":
                return "\n"
            case "image":
                return image(run)
            case _:
                return ""


def is_monospaced(run: Block) -> bool:
    """Whether a run is in a font whose letters all have one width."""
    font = run.get("font_name")
    return font is not None and _is_monospaced_font(font)


@lru_cache(maxsize=256)
def _is_monospaced_font(name: str) -> bool:
    return name.lower().startswith(_MONOSPACED)


def plain(runs: Iterable[Block]) -> str:
    """The text of runs, unchanged."""
    return "".join("\n" if run.get("type") == "line_break" else run.get("text") or "" for run in runs)


def image(block: Block) -> str:
    """What is said of an image in its place; the image itself isn't text."""
    words = " ".join((block.get("alt_text") or "").split())
    return f"![{escaping.inline(words)}]()" if words else ""
