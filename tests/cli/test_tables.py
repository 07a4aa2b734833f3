"""Tables for a terminal."""

from __future__ import annotations

from portal.command_line import table

ROWS = [("a", 1, "short"), ("bcd", 41_200, None), ("e", 3, "line\nbreak \x1b[31m and much more")]


def test_columns_are_aligned_and_numbers_read_well() -> None:
    assert table(["NAME", "COUNT", "NOTE"], ROWS[:2]).splitlines() == [
        "NAME   COUNT  NOTE",
        "a          1  short",
        "bcd   41,200",
    ]


def test_no_cell_breaks_a_line_or_writes_to_the_terminal() -> None:
    assert table(["NAME", "COUNT", "NOTE"], ROWS).splitlines()[-1] == "e          3  line break  [31m and much more"


def test_the_widest_column_gives_way() -> None:
    lines = table(["NAME", "COUNT", "NOTE"], ROWS, width=30).splitlines()
    assert max(map(len, lines)) == 30
    assert lines[-1] == "e          3  line break  [31…"


def test_what_cant_be_narrower_stays() -> None:
    assert table(["A"], [("x" * 20,)], width=5).splitlines()[1] == "x" * 11 + "…"


def test_a_table_without_rows_is_its_headers() -> None:
    assert table(["A", "B"], []) == "A  B"
