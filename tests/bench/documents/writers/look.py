"""How a printed document looks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random

import reportlab
from reportlab.lib.pagesizes import A4, LETTER
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

MM = 72 / 25.4

FAMILIES = (
    ("Helvetica", "Helvetica-Bold", "Courier"),
    ("Times-Roman", "Times-Bold", "Courier"),
    ("Vera", "VeraBd", "Courier"),
)


@dataclass(frozen=True)
class Look:
    """Lengths are in points."""

    fonts: tuple[str, str, str]
    size: float
    page: tuple[float, float]
    margin: float
    justified: bool
    heading_steps: tuple[float, ...]
    """The size of a heading by its level, as a multiple of the text's."""
    head_above: bool
    page_number: str

    @classmethod
    def drawn(cls, chance: Random) -> Look:
        return cls(
            fonts=chance.choice(FAMILIES),
            size=chance.choice((9, 9.5, 10, 11, 12)),
            page=chance.choice((A4, LETTER)),
            margin=chance.uniform(15, 28) * MM,
            justified=chance.random() < 0.6,
            heading_steps=chance.choice(((2.2, 1.6, 1.3, 1.1), (1.8, 1.4, 1.2, 1.0), (2.0, 1.5, 1.25, 1.1))),
            head_above=chance.random() < 0.7,
            page_number=chance.choice(("{}", "Page {}", "– {} –", "p. {}")),
        )


def register_fonts() -> None:
    """Make the font that ReportLab brings known to it; the others are known to every PDF reader."""
    folder = Path(reportlab.__file__).parent / "fonts"
    for name in ("Vera", "VeraBd", "VeraIt", "VeraBI"):
        pdfmetrics.registerFont(TTFont(name, folder / f"{name}.ttf"))
    pdfmetrics.registerFontFamily("Vera", normal="Vera", bold="VeraBd", italic="VeraIt", boldItalic="VeraBI")
