"""PDFs of known geometry, through the door that all documents take: what their Markdown must be."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pytest

from portal.documents.converting import Source, convert
from portal.documents.kinds import Kind
from portal.documents.methods import Method
from tests.support.pdfs import Page, Text, lines, write_pdf

Convert = Callable[..., str]

PROSE = [
    "A reservoir holds the water of a whole season, and what runs over its",
    "edge is led around the village in a channel that was dug by hand. It is",
    "cleaned every spring, before the snow melts.",
]
MORE = [
    "Below the channel stand three mills, of which one still works. Its wheel",
    "was renewed last year, and so was the gate in front of it; the other two",
    "have been houses for a long time.",
]


@pytest.fixture
def converted(tmp_path: Path) -> Convert:
    """The Markdown of pages, by the accurate method unless another one is named."""

    def convert_pages(*pages: Page, method: Method = Method.ACCURACY) -> str:
        path = write_pdf(tmp_path / "made.pdf", pages)
        return convert(Source(path, Kind.PDF, method, tmp_path)).text

    return convert_pages


def column(x: float, words: str, count: int, top: float = 100) -> list[Text]:
    """A column of text, each line of which fills it."""
    texts = [f"{words} number {n} of the column, which goes on and on" for n in range(count)]
    return lines(texts, x=x, top=top, size=8)


def row(x: tuple[float, ...], top: float, cells: tuple[str, ...], font: str = "F") -> list[Text]:
    return [Text(left, top, cell, font=font) for left, cell in zip(x, cells, strict=True) if cell]


@pytest.mark.parametrize("method", Method)
def test_lines_become_paragraphs(converted: Convert, method: Method) -> None:
    page = Page([*lines(PROSE), *lines(MORE, top=150)])

    assert converted(page, method=method) == f"{' '.join(PROSE)}\n\n{' '.join(MORE)}\n"


def test_an_indented_line_begins_a_paragraph(converted: Convert) -> None:
    page = Page([*lines(PROSE), Text(84, 136, MORE[0]), *lines(MORE[1:], top=148)])

    assert converted(page) == f"{' '.join(PROSE)}\n\n{' '.join(MORE)}\n"


def test_lines_that_end_early_stay_lines(converted: Convert) -> None:
    page = Page([*lines(["Water Board", "12 Mill Lane", "Upper Village"]), *lines(PROSE, top=160)])

    assert converted(page) == f"Water Board\n\n12 Mill Lane\n\nUpper Village\n\n{' '.join(PROSE)}\n"


def test_a_word_broken_at_the_end_of_a_line_is_whole_again(converted: Convert) -> None:
    texts = [
        "The gate is opened by a hand wheel, and closed again by the gate-",
        "keeper, who is on the staff of the reser-",
    ]
    page = Page([*lines([*texts, "voir. Every gate-keeper has a key of the house beside the reservoir."])])

    assert "by the gate-keeper, who is on the staff of the reservoir. Every gate-keeper" in converted(page)


def test_sizes_make_levels_of_headings(converted: Convert) -> None:
    page = Page(
        [
            Text(72, 80, "Water", 24, "B"),
            *lines(PROSE, top=110),
            Text(72, 170, "Mills", 16, "B"),
            *lines(MORE, top=190),
            Text(72, 250, "Wheels", 12, "B"),
            *lines(PROSE, top=266),
            Text(72, 330, "Gates", 16, "B"),
            *lines(MORE, top=350),
        ]
    )

    headings = [line for line in converted(page).splitlines() if line.startswith("#")]
    assert headings == ["# Water", "## Mills", "### Wheels", "## Gates"]


def test_numbers_tell_the_levels_of_headings_of_one_size(converted: Convert) -> None:
    page = Page(
        [
            Text(72, 80, "1 Water", 12, "B"),
            *lines(PROSE, top=100),
            Text(72, 160, "1.1 Mills", 12, "B"),
            *lines(MORE, top=180),
            Text(72, 240, "2 Gates", 12, "B"),
            *lines(PROSE, top=260),
        ]
    )

    headings = [line for line in converted(page).splitlines() if line.startswith("#")]
    assert headings == ["# 1 Water", "## 1.1 Mills", "# 2 Gates"]


@pytest.mark.parametrize("method", Method)
def test_columns_are_read_one_after_the_other(converted: Convert, method: Method) -> None:
    title = Text(72, 60, "A title that stands above all the columns", 20, "B")
    page = Page([title, *column(60, "Left", 20), *column(320, "Right", 20)])

    text = converted(page, method=method)

    assert (
        text.index("A title")
        < text.index("Left number 0")
        < text.index("Left number 19")
        < text.index("Right number 0")
    )
    assert "|" not in text


def test_three_columns_though_their_lines_stand_side_by_side(converted: Convert) -> None:
    places = {"One": 60, "Two": 230, "Three": 400}
    words = [
        Text(x, 100 + 12 * number, f"{name} line {number} of the text")
        for number in range(20)
        for name, x in places.items()
    ]

    text = converted(Page(words))

    assert text.index("One line 19") < text.index("Two line 0") < text.index("Two line 19") < text.index("Three line 0")


def test_a_wide_table_stands_between_two_pairs_of_columns(converted: Convert) -> None:
    xs, tops = (60, 220, 380, 540), (300, 320, 340, 360)
    rules = [(60, y, 540, y) for y in tops] + [(x, 300, x, 360) for x in xs]
    cells = list(chain.from_iterable(row((64, 224, 384), 314 + 20 * n, (f"a{n}", f"b{n}", f"c{n}")) for n in range(3)))
    page = Page(
        [
            *column(60, "Upper left", 14),
            *column(320, "Upper right", 14),
            *cells,
            *column(60, "Lower left", 14, top=400),
            *column(320, "Lower right", 14, top=400),
        ],
        rules,
    )

    text = converted(page)

    order = [
        "Upper left number 13",
        "Upper right number 0",
        "| a0 | b0 | c0 |",
        "Lower left number 0",
        "Lower right number 0",
    ]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)


def test_a_drawn_table_with_joined_cells_and_cells_of_several_lines(converted: Convert) -> None:
    rules = [(70, y, 400, y) for y in (100, 120, 160, 180)] + [(x, 100, x, 180) for x in (70, 400)]
    rules += [(180, 100, 180, 180), (290, 120, 290, 180)]
    page = Page(
        [
            *lines(PROSE, top=40),
            *row((75, 185), 114, ("Mill", "Wheel")),
            *row((75, 185, 295), 134, ("Upper", "renewed", "5 m")),
            Text(185, 148, "last year"),
            *row((75, 185, 295), 174, ("Lower", "gone", "4 | 3 m")),
            *lines(MORE, top=220),
        ],
        rules,
    )

    assert converted(page).split("\n\n")[1].splitlines() == [
        "| Mill | Wheel |  |",
        "| --- | --- | --- |",
        "| Upper | renewed last year | 5 m |",
        "| Lower | gone | 4 \\| 3 m |",
    ]


@pytest.mark.parametrize("method", Method)
def test_a_table_without_lines(converted: Convert, method: Method) -> None:
    xs = (72.0, 200.0, 300.0)
    rows = [
        ("Mill", "Wheel", "Year"),
        ("Upper mill", "5.20", "1890"),
        ("Middle mill", "", "1902"),
        ("Lower mill", "4.75", "1911"),
    ]
    page = Page(
        [
            *lines(PROSE, top=60),
            *chain.from_iterable(row(xs, 120 + 16 * n, cells, "F" if n else "B") for n, cells in enumerate(rows)),
            *lines(MORE, top=220),
        ]
    )

    assert converted(page, method=method).split("\n\n")[1].splitlines() == [
        "| Mill | Wheel | Year |",
        "| --- | --- | --- |",
        "| Upper mill | 5.20 | 1890 |",
        "| Middle mill |  | 1902 |",
        "| Lower mill | 4.75 | 1911 |",
    ]


def test_a_table_with_lines_above_and_below_its_head_only(converted: Convert) -> None:
    rows = [("Mill", "Wheel"), ("Upper", "5.20"), ("Lower", "4.75"), ("Middle", "4.10")]
    rules = [(72, y, 300, y) for y in (100, 118, 170)]
    page = Page(
        [
            *lines(PROSE, top=40),
            *chain.from_iterable(row((76, 240), 113 + 16 * n, cells) for n, cells in enumerate(rows)),
        ],
        rules,
    )

    assert converted(page).split("\n\n")[1].splitlines() == [
        "| Mill | Wheel |",
        "| --- | --- |",
        "| Upper | 5.20 |",
        "| Lower | 4.75 |",
        "| Middle | 4.10 |",
    ]


def test_a_table_with_a_line_below_each_row_has_its_head_above_the_first(converted: Convert) -> None:
    rows = [("Mill", "Wheel"), ("Upper", "5.20"), ("Lower", ""), ("Middle", "4.10")]
    rules = [(72, 118 + 20 * n, 300, 118 + 20 * n) for n in range(4)]
    cells = [row((76, 240), 113 + 20 * n, cells) for n, cells in enumerate(rows)]

    text = converted(Page([*lines(PROSE, top=40), *chain.from_iterable(cells)], rules))

    assert text.split("\n\n")[1].splitlines() == [
        "| Mill | Wheel |",
        "| --- | --- |",
        "| Upper | 5.20 |",
        "| Lower |  |",
        "| Middle | 4.10 |",
    ]


def test_lines_around_a_part_of_the_page_make_no_table_of_it(converted: Convert) -> None:
    frame = [(40, 90, 560, 90), (40, 700, 560, 700), (40, 90, 40, 700), (560, 90, 560, 700), (300, 90, 300, 700)]

    text = converted(Page([*column(60, "Left", 40), *column(320, "Right", 40)], frame))

    assert "|" not in text
    assert text.index("Left number 39") < text.index("Right number 0")


def test_letters_that_are_drawn_one_by_one_are_words(converted: Convert) -> None:
    letters = [Text(72 + 6 * n, 100, letter, font="M") for n, letter in enumerate("wheels turn") if letter != " "]

    assert "wheels turn" in converted(Page([*letters, *lines(PROSE, top=140)]))


def test_a_table_goes_on_overleaf_and_repeats_its_head(converted: Convert) -> None:
    def page(first: int, count: int, before: list[Text]) -> Page:
        ys = [300 + 20 * n for n in range(count + 2)]
        rules = [(72, y, 300, y) for y in ys] + [(x, 300, x, ys[-1]) for x in (72, 180, 300)]
        cells = [row((76, 184), 314, ("Mill", "Wheel"), "B")]
        cells += [row((76, 184), 334 + 20 * n, (f"mill {first + n}", f"{first + n} m")) for n in range(count)]
        return Page([*before, *chain.from_iterable(cells)], rules)

    text = converted(page(1, 4, lines(PROSE)), page(5, 3, []))

    assert text.count("| Mill | Wheel |") == 1
    assert [line for line in text.splitlines() if line.startswith("| mill")] == [
        f"| mill {n} | {n} m |" for n in range(1, 8)
    ]


def test_justified_lines_with_wide_gaps_are_no_table(converted: Convert) -> None:
    spread = [Text(72, 100 + 12 * n, "mill wheels turn slowly", spread=14) for n in range(5)]

    assert "|" not in converted(Page([*lines(PROSE, top=40), *spread]))


def test_lists_are_nested_by_their_indents(converted: Convert) -> None:
    page = Page(
        [
            *lines(PROSE, top=40),
            *(Text(72, y, "\x95") for y in (100, 148)),
            *lines(["A wheel of wood, which has to be renewed after some years and", "is heavy"], x=84),
            *(Text(90, y, f"{n}.") for n, y in ((1, 124), (2, 136))),
            *lines(["oak", "larch"], x=104, top=124),
            Text(84, 148, "A wheel of iron"),
            *lines(MORE, top=190),
        ]
    )

    assert converted(page).split("\n\n")[1].splitlines() == [
        "- A wheel of wood, which has to be renewed after some years and is heavy",
        "  1. oak",
        "  2. larch",
        "- A wheel of iron",
    ]


def test_marks_from_fonts_of_signs_are_marks(converted: Convert) -> None:
    page = Page(
        [
            *lines(PROSE, top=40),
            Text(72, 100, "r", font="D"),
            Text(84, 100, "Wood"),
            Text(72, 112, "r", font="D"),
            Text(84, 112, "Iron"),
        ]
    )

    assert converted(page).endswith("- Wood\n- Iron\n")


def test_code_keeps_its_indents(converted: Convert) -> None:
    code = [("def opened(gate):", 0), ("if gate.closed:", 4), ("gate.turn(8)", 8), ("return gate", 4)]
    texts = [Text(80 + 6 * indent, 100 + 12 * n, text, font="M") for n, (text, indent) in enumerate(code)]
    page = Page([*lines(PROSE, top=40), *texts, *lines(MORE, top=170)])

    expected = "\n".join(" " * indent + text for text, indent in code)
    assert f"\n\n```\n{expected}\n```\n\n" in converted(page)


def test_a_document_in_fixed_pitch_is_no_code(converted: Convert) -> None:
    page = Page([Text(72, 100 + 12 * n, text, font="M") for n, text in enumerate(PROSE)])

    assert "```" not in converted(page)


def test_emphasis_and_links(converted: Convert) -> None:
    texts = [
        Text(72, 100, "The wheel is"),
        Text(131, 100, "old", font="B"),
        Text(151, 100, "and"),
        Text(172, 100, "loud", font="I"),
        Text(193, 100, "at night."),
    ]
    page = Page(texts, links=[((170, 90, 191, 103), "https://example.org/a_(b)")])

    assert converted(page) == "The wheel is **old** and [*loud*](<https://example.org/a_(b)>) at night.\n"
    assert converted(page, method=Method.SPEED) == "The wheel is **old** and *loud* at night.\n"


def test_links_that_run_programs_are_text(converted: Convert) -> None:
    page = Page([Text(72, 100, "Press here")], links=[((70, 90, 130, 103), "javascript:alert(1)")])

    assert converted(page) == "Press here\n"


def test_footnotes_leave_the_page_and_keep_their_marks(converted: Convert) -> None:
    def page(number: int, note: str) -> Page:
        body = [
            *lines(PROSE[:2], top=300),
            Text(72, 324, f"It is cleaned in spring {number}."),
            Text(181, 320, "1", 6),
            *lines(MORE, top=370),
        ]
        return Page([*body, Text(72, 700, "1", 5), Text(76, 703, note, 8)])

    text = converted(page(1, "By hand, that is."), page(2, "It takes a week."))

    assert "spring 1.[^1]" in text
    assert "spring 2.[^2]" in text
    assert text.endswith("[^1]: By hand, that is.\n\n[^2]: It takes a week.\n")


def test_running_heads_and_page_numbers_go(converted: Convert) -> None:
    def page(number: int) -> Page:
        return Page(
            [
                Text(72, 40, "The Water Board"),
                Text(500, 40, f"Page {number} of 4"),
                *lines([f"{number} {PROSE[0]}"], top=300),
                Text(300, 760, f"- {number} -"),
            ]
        )

    text = converted(*map(page, range(1, 5)))

    assert "Board" not in text
    assert "Page" not in text
    assert "- 3 -" not in text
    assert all(f"{number} A reservoir" in text for number in range(1, 5))


def test_pages_that_repeat_each_other_keep_their_text(converted: Convert) -> None:
    assert converted(*[Page(lines(PROSE))] * 3).count("A reservoir") == 3


def test_a_paragraph_goes_on_overleaf(converted: Convert) -> None:
    text = converted(Page(lines(PROSE[:2], top=700)), Page([*lines(PROSE[2:]), *lines(MORE, top=150)]))

    assert " ".join(PROSE) in text


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_pages_may_be_turned(converted: Convert, turn: int) -> None:
    assert converted(Page(lines(PROSE), more={"/Rotate": turn})) == f"{' '.join(PROSE)}\n"


def test_text_outside_the_page_is_not_read(converted: Convert) -> None:
    assert "far away" not in converted(Page([*lines(PROSE), Text(72, 900, "far away"), Text(-300, 100, "far away")]))


def test_what_means_something_in_markdown_is_escaped(converted: Convert) -> None:
    page = Page(
        [
            Text(72, 100, "# of *all* <b>mills</b> and [x](y) & `z`"),
            Text(72, 150, "1. is no list, but + is"),
            Text(72, 200, "+ neither this"),
        ]
    )

    assert converted(page).startswith("\\# of \\*all\\* \\<b>mills\\</b> and \\[x](y) & \\`z\\`\n")


def test_characters_that_control_are_gone(converted: Convert) -> None:
    assert converted(Page([Text(72, 100, "The\x01 wheel\x07 turns"), *lines(PROSE, top=140)])).startswith(
        "The wheel turns\n"
    )
