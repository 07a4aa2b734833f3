"""Text to values: what Polars casts is what Python would take, for every kind of column."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal as PythonDecimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.importers import URL, Boolean, Choice, Column, Date, DateTime, Decimal, Email, Importer, Integer, Number
from portal.runs.engine.casting import cast_values


def cast(column: Column, *texts: str | None) -> list[object]:
    definition = type("Sample", (Importer,), {"value": column}, table="t").definition
    column.__set_name__(Importer, "value")
    return cast_values(pl.DataFrame({"value": pl.Series(texts, dtype=pl.String)}), definition)["value"].to_list()


numberish = st.text("0123456789+-._eE ,xinfa", max_size=12) | st.integers().map(str) | st.floats().map(repr)


@given(numberish)
def test_integers_are_those_of_python_with_64_bits(text: str) -> None:
    fits = re.fullmatch(r"[+-]?[0-9]+", text) and -(2**63) <= int(text) < 2**63
    assert cast(Integer(), text) == [int(text) if fits else None]


@given(numberish)
def test_numbers_are_those_of_python_that_are_finite(text: str) -> None:
    form = re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", text)
    expected = float(text) if form and math.isfinite(float(text)) else None
    assert cast(Number(), text) == [expected]


@given(numberish)
def test_decimals_are_exact_and_never_rounded(text: str) -> None:
    fits = re.fullmatch(r"[+-]?[0-9]{1,36}(\.[0-9]{0,2})?", text)
    assert cast(Decimal(places=2), text) == [PythonDecimal(text) if fits else None]


def test_decimals_of_the_largest_size() -> None:
    largest = "9" * 36 + ".99"
    assert cast(Decimal(), largest, f"-{largest}", "9" * 37, "0.001", "1.100") == [
        PythonDecimal(largest),
        PythonDecimal(f"-{largest}"),
        None,
        None,
        None,
    ]


@pytest.mark.parametrize("text", ["٣", "５", "1_000", "0x1F", "1e3", "1,000", "1 000", "1.0", "--1", "+", "∞"])
def test_what_is_no_whole_number(text: str) -> None:
    assert cast(Integer(), text) == [None]


@pytest.mark.parametrize("text", ["inf", "-Infinity", "nan", "NaN", "1e400", "1,5", "٣.٥", "0x1p3", "1_0.0"])
def test_what_is_no_number(text: str) -> None:
    assert cast(Number(), text) == [None]


def test_booleans_are_words_whatever_their_case() -> None:
    assert cast(Boolean(), "TRUE", "Yes", "y", "1", "oN", "False", "NO", "n", "0", "off", "maybe", "2") == (
        [True] * 5 + [False] * 5 + [None] * 2
    )
    assert cast(Boolean(true_values=["Ja"], false_values=["NEIN"]), "JA", "ja", "nein", "yes") == [
        True,
        True,
        False,
        None,
    ]


@given(st.dates())
def test_every_date_of_python_is_read_back(day: date) -> None:
    assert cast(Date(), day.isoformat()) == [day]


@given(st.integers(0, 9999), st.integers(0, 99), st.integers(0, 99))
def test_dates_that_the_calendar_lacks_are_none(year: int, month: int, day: int) -> None:
    try:
        expected = date(year, month, day)
    except ValueError:
        expected = None
    assert cast(Date(), f"{year:04}-{month:02}-{day:02}") == [expected]


@pytest.mark.parametrize(
    "text", ["2026-02-29", "0000-01-01", "+12345-01-01", "-0001-01-01", "2026-01-01T00:00", "today"]
)
def test_what_is_no_date(text: str) -> None:
    assert cast(Date(), text) == [None]


def test_the_first_format_that_fits_counts() -> None:
    column = Date(formats=["%d/%m/%Y", "%m/%d/%Y"])
    assert cast(column, "02/03/2026", "02/13/2026", "13/13/2026") == [date(2026, 3, 2), date(2026, 2, 13), None]


zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(timezones=zones).filter(lambda moment: 1 < moment.year < 9999)


@given(moments)
def test_moments_with_a_zone_become_utc(moment: datetime) -> None:
    assert cast(DateTime(), moment.isoformat()) == [moment.astimezone(UTC)]


@given(st.datetimes(), st.sampled_from("T "))
def test_moments_without_a_zone_are_utc(moment: datetime, separator: str) -> None:
    assert cast(DateTime(), moment.isoformat(separator)) == [moment.replace(tzinfo=UTC)]


def test_moments_in_usual_forms() -> None:
    ten = datetime(2026, 11, 21, 10, tzinfo=UTC)
    texts = ["2026-11-21T10:00:00Z", "2026-11-21 10:00", "2026-11-21T10:00", "2026-11-21 10:00:00+00:00"]
    texts += ["2026-11-21T12:00:00+0200", "2026-11-21T10:00Z", "2026-11-21T12:00+02:00", "2026-11-21 12:00:00+02"]
    assert cast(DateTime(), *texts) == [ten] * len(texts)


@pytest.mark.parametrize(
    "text",
    ["2026-11-21", "2026-11-31T10:00", "2026-11-21T24:00:00Z", "9999-12-31T23:59:59-05:00", "+10000-01-01T00:00:00Z"],
)
def test_what_is_no_moment(text: str) -> None:
    assert cast(DateTime(), text) == [None]


def test_choices_are_written_exactly_so() -> None:
    assert cast(Choice(choices=["red", "blue"]), "red", "Red", "blue ", "blue") == ["red", None, None, "blue"]


@pytest.mark.parametrize("text", ["a@b.example", "first.last+tag@sub.example.org", "ü@exämple.de", "a@b.c"])
def test_what_is_an_address(text: str) -> None:
    assert cast(Email(), text) == [text]


@pytest.mark.parametrize(
    "text", ["a", "@b.c", "a@", "a@b", "a@b.", "a@.b", "a@b..c", "a b@c.d", "a@b@c.d", "a@b.c\n", "a\x00@b.c"]
)
def test_what_is_no_address(text: str) -> None:
    assert cast(Email(), text) == [None]


@pytest.mark.parametrize("text", ["http://a.b", "HTTPS://example.com/x?y#z", "https://[::1]/", "http://localhost:8000"])
def test_what_is_a_web_address(text: str) -> None:
    assert cast(URL(), text) == [text]


@pytest.mark.parametrize("text", ["ftp://a.b", "example.com", "http://", "javascript:alert(1)", "https://a b", "//a.b"])
def test_what_is_no_web_address(text: str) -> None:
    assert cast(URL(), text) == [None]


def test_missing_cells_stay_missing() -> None:
    for column in (
        Integer(),
        Number(),
        Decimal(),
        Boolean(),
        Date(),
        DateTime(),
        Choice(choices=["a"]),
        Email(),
        URL(),
    ):
        assert cast(column, None, None) == [None, None]
