"""The small pure parts of the engine: headers to columns, words for failures, guards, row numbers, repeats."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.exports.formulas import guarded, unguarded
from portal.importers import Choice, Date, Importer, Integer, Number, Text
from portal.runs.engine import fixes, rules
from portal.runs.engine.corrections import FORMULA_GUARD, RowNumbers
from portal.runs.engine.mapping import map_headers, source_headers
from portal.runs.engine.repeats import SeenKeys


class Plane(Importer, table="planes", key="tailnum"):
    tailnum = Text(required=True, aliases=["tail number", "registration"])
    year = Integer(header="Year built", required=True)
    seats = Integer(required=True, default=1)
    maker = Text()


@pytest.mark.parametrize(
    ("headers", "columns"),
    [
        (["tailnum", "year"], {"tailnum": "tailnum", "year": "year"}),
        (["TAIL-NUMBER", "year BUILT"], {"TAIL-NUMBER": "tailnum", "year BUILT": "year"}),
        (["registration", "tailnum", "year"], {"tailnum": "tailnum", "year": "year"}),
        (["Maker", "maker", "tailnum", "year"], {"Maker": "maker", "tailnum": "tailnum", "year": "year"}),
        (["#", "tailnum", "year", "?"], {"tailnum": "tailnum", "year": "year"}),
    ],
)
def test_headers_go_to_columns(headers: list[str], columns: dict[str, str]) -> None:
    mapping = map_headers(headers, Plane.definition)
    assert (mapping.columns, mapping.missing) == (columns, {})
    assert set(mapping.ignored) == set(headers) - set(columns)


def test_what_is_missing_is_named_with_its_likely_header() -> None:
    mapping = map_headers(["tailnumm", "colour"], Plane.definition)
    assert mapping.missing == {"tailnum": "tailnumm", "year": None}
    assert mapping.ignored == ("tailnumm", "colour")


def test_the_notes_of_a_download_are_no_headers_of_the_source() -> None:
    assert source_headers(["'=a", "b", "_error_message", "_row_number"]) == ["=a", "b"]
    assert source_headers(["'=a", "_row_number"]) == ["'=a", "_row_number"]


@pytest.mark.parametrize(
    ("reason", "key", "message"),
    [
        (
            "UNIQUE constraint failed: t.a, t.b",
            "database-unique.t-a-t-b",
            "The table has a row with the same a, b already.",
        ),
        (
            "NOT NULL constraint failed: t.unique_a",
            "database-not-null.t-unique_a",
            "The table needs a value in unique_a.",
        ),
        ("CHECK constraint failed: a: b", "database-check.a-b", "The table's rule a: b doesn't allow this row."),
        (
            "FOREIGN KEY constraint failed",
            "database-foreign-key",
            "The row refers to something that isn't in the database.",
        ),
        ("datatype mismatch", "database-refused.datatype-mismatch", "The database refused the row."),
        ("CHECK constraint failed: " + "x/" * 500, "database-check." + "x-" * 40, None),
    ],
)
def test_the_words_of_the_database_are_made_plain(reason: str, key: str, message: str | None) -> None:
    failure = rules.refused(reason)
    assert failure.key == key
    assert message in (None, failure.message)
    assert failure.fix
    assert len(failure.key) <= 120


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1", "'=1"),
        ("+a", "'+a"),
        ("-a", "'-a"),
        ("@a", "'@a"),
        ("\ta", "'\ta"),
        ("\ra", "'\ra"),
        ("-1.5", "-1.5"),
        ("+1e5", "+1e5"),
        ("'=1", "''=1"),
        ("'a", "'a"),
        ("a=1", "a=1"),
        ("-", "'-"),
    ],
)
def test_formulas_are_guarded_and_numbers_are_not(cell: str, written: str) -> None:
    assert guarded(cell) == written


@given(st.text("'=+-@\t\r\n1.,ea "))
def test_every_guard_comes_off_again(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
    assert pl.Series([guarded(cell)]).str.replace(FORMULA_GUARD, "$1").to_list() == [cell]


@given(st.lists(st.lists(st.integers(0, 30), max_size=20), max_size=8))
def test_each_key_is_new_once(batches: list[list[int]]) -> None:
    seen, expected = SeenKeys(), set()
    for batch in batches:
        first = seen.first_seen(np.array(batch, dtype=np.uint64)).tolist()
        assert first == [key not in expected and key not in batch[:place] for place, key in enumerate(batch)]
        expected |= set(batch)


@given(st.lists(st.lists(st.none() | st.integers(-3, 12), max_size=10), max_size=4))
def test_each_row_of_a_correction_gets_one_number(batches: list[list[int | None]]) -> None:
    numbers, given_out = RowNumbers(first_free=10), []
    for batch in batches:
        got = numbers.given(pl.Series(batch, dtype=pl.Int64)).to_list()
        for noted, number in zip(batch, got, strict=True):
            keeps = noted is not None and 1 <= noted < 10 and noted not in given_out
            assert (number == noted) if keeps else (number >= 10)
            given_out.append(number)
    assert len(set(given_out)) == len(given_out)


def column(kind: type, name: str = "value", **settings):
    made = kind(**settings)
    made.__set_name__(Importer, name)
    return made


@pytest.mark.parametrize(
    ("kind", "values", "part"),
    [
        (Integer, ["1.0", "-2.00"], "without the decimal point (“1.0”)"),
        (Number, ["1,000", "2'500.5", "1 000 000"], "without thousands separators"),
        (Number, ["1,5"], "with a decimal point, not a comma"),
        (Date, ["21.11.2026", "1/2/2026"], "with the year first"),
        (Date, ["2026/11/21"], "with hyphens"),
    ],
)
def test_values_of_one_shape_get_a_fix(kind: type, values: list[str], part: str) -> None:
    assert part in str(fixes.fix_for_type(column(kind), values))


def test_values_of_several_shapes_get_none() -> None:
    assert fixes.fix_for_type(column(Integer), ["1.0", "x"]) is None


def test_look_alikes_are_named() -> None:
    choice = column(Choice, choices=["red", "green"])
    assert fixes.fix_for_type(choice, ["Green", "RED"]) == (
        "In value, write “green” instead of “Green”, “red” instead of “RED”; then retry."
    )
    assert fixes.fix_for_type(choice, ["Green", "violet"]) is None


def test_missing_references_are_named() -> None:
    carrier = column(Text, "carrier")
    assert fixes.fix_for_lookup(carrier, "airlines", ["XX"], 1, ["UA"]) == (
        "Add “XX” to airlines, or correct carrier; then retry these rows."
    )
    assert fixes.fix_for_lookup(carrier, "airlines", ["XX", "YY"], 1200, ["UA"]) == (
        "Import the 1,200 missing airlines (“XX”, “YY” and 1,198 others), then retry these rows."
    )
    assert "“UA” instead of “ua”" in fixes.fix_for_lookup(carrier, "airlines", ["ua"], 1, ["UA"])
