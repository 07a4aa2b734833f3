"""The decisions within the conversion of PDFs that are easiest to see by themselves."""

from __future__ import annotations

import pytest

from portal.documents.pdf.blocks import Block, Item, Paragraph, Span
from portal.documents.pdf.layout.lines import line_of
from portal.documents.pdf.layout.markers import is_bullet, is_marker, number_of
from portal.documents.pdf.model import Box, Style, Word
from portal.documents.pdf.reading.bullets import with_bullets
from portal.documents.pdf.reading.placing import DOWNWARDS, UPRIGHT, UPSIDE_DOWN, UPWARDS, Placing, turn_of
from portal.documents.pdf.reading.words import cleaned
from portal.documents.pdf.recognising.hocr import words_in
from portal.documents.pdf.structure.lists import nest
from portal.documents.pdf.tables.grids import grids_of
from portal.documents.pdf.writing.inline import Inline

HOCR = """<html><body><div class='ocr_page' title='bbox 0 0 2550 3300'>
<span class='ocr_line' title="bbox 300 600 900 650; baseline 0.01 -10; x_size 40; x_descenders 9; x_ascenders 9">
<span class='ocrx_word' title='bbox 300 600 500 650; x_wconf 96'>Mills</span>
<span class='ocrx_word' title='bbox 520 600 600 650; x_wconf 11'>|:</span>
<span class='ocrx_word' title='bbox 620 600 900 650; x_wconf 90'>&amp;<strong>wheels</strong></span>
</span>
<span class='ocr_line' title="bbox 300 700 900 750; baseline 0 -10; x_size 44; x_descenders 9; x_ascenders 9">
<span class='ocrx_word' title='bbox 300 700 500 750; x_wconf 96'>below</span>
</span></div></body></html>"""


@pytest.mark.parametrize(
    ("mark", "number"),
    [
        ("3.", 3),
        ("(c)", 3),
        ("iv)", 4),
        ("xix.", 19),
        ("12)", 12),
        ("B.", 2),
        ("•", None),
        ("1.2", None),
        ("2024", None),
    ],
)
def test_numbers_of_marks(mark: str, number: int | None) -> None:
    assert number_of(mark) == number


def test_what_marks_an_entry() -> None:
    assert all(map(is_bullet, "-•–\uf0b7o"))
    assert not any(map(is_marker, ("“", "a", "3", "word", "…", "†", "1990", "e.g.")))


@pytest.mark.parametrize(
    ("turn", "expected"),
    [(UPRIGHT, (10, 180)), (UPWARDS, (20, 10)), (UPSIDE_DOWN, (90, 20)), (DOWNWARDS, (180, 90))],
)
def test_places_for_who_reads_a_turned_page(turn: int, expected: tuple[float, float]) -> None:
    placing = Placing(0, 0, 100, 200, turn)

    assert placing.point(10, 20) == expected
    assert placing.size == ((100, 200) if turn in {UPRIGHT, UPSIDE_DOWN} else (200, 100))


def test_directions_of_text() -> None:
    assert [turn_of(12, 0), turn_of(0, 12), turn_of(-12, 0), turn_of(0, -12)] == [
        UPRIGHT,
        UPWARDS,
        UPSIDE_DOWN,
        DOWNWARDS,
    ]
    assert turn_of(8, 6) is None


def test_lines_that_meet_make_a_grid_with_joined_cells() -> None:
    flat = [Box(0, y, 90, y) for y in (0, 20, 40)]
    upright = [Box(x, 0, x, 40) for x in (0, 30, 90)] + [Box(60, 20, 60, 40)]

    [grid] = grids_of([*flat, *upright], [], 1e6)

    assert (grid.xs, grid.ys, grid.cells) == ([0, 30, 60, 90], [0, 20, 40], 5)
    assert grid.anchor(0, 2) == (0, 1)


def test_lines_that_underline_make_no_grid() -> None:
    assert grids_of([Box(0, 20, 90, 20), Box(0, 60, 90, 60), Box(300, 0, 300, 90)], [], 1e6) == []


def test_drawn_dots_before_a_line_are_bullets() -> None:
    words = [Word("Mills", 80, 110, 100, Style(10)), Word("turn", 112, 130, 100, Style(10))]

    found = with_bullets(words, [Box(70, 95, 73, 98), Box(111, 95, 112, 98), Box(20, 95, 23, 98)])

    assert [word.text for word in found] == ["•", "Mills", "turn"]


def test_words_of_an_image() -> None:
    mills, wheels, below = words_in(HOCR, 300)

    assert [mills.text, wheels.text, below.text] == ["Mills", "&wheels", "below"]
    assert (mills.left, mills.right) == (72, 120)
    assert mills.base == pytest.approx(153.6)
    assert below.style == mills.style, "lines of nearly one size are of one size"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("soft\u00adly", "softly"),
        ("soft\u00ad", "soft-"),
        ("soft\ufffe", "soft-"),
        ("o\ufb03ce", "office"),
        ("\x01a\x00b\u200b", "ab"),
        ("\ud800", "\ufffd"),
        ("naïve", "naïve"),
    ],
)
def test_characters_that_are_shown(text: str, expected: str) -> None:
    assert cleaned(text) == expected


def test_lines_from_right_to_left() -> None:
    texts = ["הטוחנת", "Mill", "Lane", "ליד", "הגלגל"]
    words = [Word(text, 50 * n, 50 * n + 40, 100, Style(10)) for n, text in enumerate(texts)]

    assert line_of(words).text == "הגלגל ליד Mill Lane הטוחנת"


def entry(left: float, number: int | None = None, page: int = 1) -> Item:
    text = Paragraph([Span("text")], Style(10), page, Box(left, 0, 0, 0), 1)
    return Item(text, number, left)


def test_depth_of_entries_is_that_of_their_indents() -> None:
    entries = [entry(10), entry(30), entry(50), entry(31), entry(10)]

    nest(entries)

    assert [one.depth for one in entries] == [0, 1, 2, 1, 0]


def test_overleaf_numbers_tell_where_a_list_goes_on() -> None:
    entries = [entry(10, 1), entry(30, 1), entry(30, 2), entry(12, 3, page=2), entry(0, 2, page=2)]

    nest(entries)

    assert [one.depth for one in entries] == [0, 1, 1, 1, 0]


def test_text_between_ends_a_list() -> None:
    between = Paragraph([Span("text")], Style(10), 1, Box(0, 0, 0, 0), 1)
    blocks: list[Block] = [entry(10), between, entry(30)]

    nest(blocks)

    assert [block.depth for block in blocks if isinstance(block, Item)] == [0, 0]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["the reser-\nvoir"], "the reservoir"),
        (["a gate-\nkeeper"], "a gate-keeper"),
        (["a mill-\nwheel, and the wheel of a mill"], "a mill-wheel, and the wheel of a mill"),
        (["of Aix-\nLa-Chapelle"], "of Aix-La-Chapelle"),
        (["in 1990-\n2000"], "in 1990-2000"),
        (["reser-", "\nvoir"], "reser**voir**"),
    ],
)
def test_hyphens_at_the_ends_of_lines(texts: list[str], expected: str) -> None:
    spans = [Span(text, bold=number > 0) for number, text in enumerate(texts)]

    assert Inline(frozenset({"gate-keeper", "mill", "wheel"})).text(spans) == expected


def test_dots_that_lead_to_a_page_are_shortened() -> None:
    assert Inline(frozenset()).text([Span("Mills . . . . . . . . . . . 7")]) == "Mills … 7"
