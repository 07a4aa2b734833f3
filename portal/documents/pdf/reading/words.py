"""The words of a page, each where a reader sees it and in letters that can be shown."""

from __future__ import annotations

from portal.documents.pdf.model import Word
from portal.documents.pdf.reading.placing import UPRIGHT, Placing
from portal.documents.pdf.reading.textlayer import HYPHENS, Found

SOFT_HYPHEN = "\u00ad"
LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
CLEANED = {
    **dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), 0xAD, 0xFEFF, 0xFFFE, 0xFFFF, 0x200B, 0x2060], ""),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
    **LIGATURES,
}
BULLET = "•"
SMALLEST = 0.5
"""Points. Smaller letters are marks of programs, not to be read."""


def placed(found: list[Found], placing: Placing) -> list[Word]:
    """Those words that run in the page's direction, where a reader sees them; whatever is outside the page is gone."""
    width, height = placing.size
    words: list[Word] = []
    for piece in found:
        if piece.look.turn != placing.turn:
            continue
        word = _word(piece, placing)
        if not word.text or word.style.size < SMALLEST or not _within(word, width, height):
            continue
        if word.glued and words and words[-1].style is word.style:
            words[-1].text += word.text
            words[-1].right = word.right
        else:
            words.append(word)
    return words


def _word(found: Found, placing: Placing) -> Word:
    look = found.look
    text = BULLET if look.pictures and len(found.text) == 1 else cleaned(found.text)
    if placing.turn == UPRIGHT:
        left, right = found.x - placing.left, found.right - placing.left
        return Word(text, left, right if right > left else left, placing.top - found.y, look.style, found.glued)
    left, base = placing.point(found.x, found.y)
    ends = placing.point(found.left, found.bottom)[0], placing.point(found.right, found.top)[0]
    return Word(text, left, max(*ends, left), base, look.style, found.glued)


def _within(word: Word, width: float, height: float) -> bool:
    return word.right > 0 and word.left < width and word.base > 0 and word.top < height


def cleaned(text: str) -> str:
    """Text without what can't be shown: control characters, halves of surrogates, marks of order. What hyphenates the
    end of a line becomes a hyphen; within a word it is gone."""
    if text.isascii() and text.isprintable():
        return text
    if text[-1] in HYPHENS or text[-1] == SOFT_HYPHEN:
        text = text[:-1] + "-"
    return text.translate(CLEANED)
