"""Numbers as they are written in other countries."""

from __future__ import annotations

from decimal import Decimal as PythonDecimal

import pytest
from babel.numbers import format_decimal
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.importers import Column, Decimal, Integer, Number
from portal.importers.locales import separators
from portal.runs.engine.fixes import fix_for_type
from tests.support.rows import definition_of, failures, good, judged

LOCALES = ("de", "fr", "en", "en_IN", "hi", "de_CH", "fr_CH", "sv", "es", "pl", "pt_BR", "ja", "cs", "bg")


def read(column: Column, *cells: str) -> list[object]:
    """The values of the cells; "type" for one that isn't a number there."""
    verdict = judged(definition_of({"value": column}), ["value"], *((cell,) for cell in cells))
    broken = failures(verdict)
    kept = good(verdict)
    rows = range(1, len(cells) + 1)
    return [broken[row][0].removeprefix("value.") if row in broken else kept[row]["value"] for row in rows]


@settings(deadline=None)  # a busy machine is no failure
@given(locale=st.sampled_from(LOCALES), number=st.decimals(-(10**15), 10**15, places=2))
def test_what_is_written_in_a_locale_is_read_back(locale: str, number: PythonDecimal) -> None:
    text = format_decimal(number, locale=locale, format=None, decimal_quantization=False)
    assert read(Decimal(locale=locale), text) == [number]
    assert read(Number(locale=locale), text) == [float(number)]


@settings(deadline=None)  # a busy machine is no failure
@given(locale=st.sampled_from(LOCALES), number=st.integers(-(2**63), 2**63 - 1))
def test_whole_numbers_are_read_back_too(locale: str, number: int) -> None:
    assert read(Integer(locale=locale), format_decimal(number, locale=locale)) == [number]


@pytest.mark.parametrize(
    ("locale", "cells", "values"),
    [
        (
            "de",
            ["1.234,56", "1234,56", "-1.234.567,8", "+1", ",5", "5,", "1e3"],
            [1234.56, 1234.56, -1234567.8, 1, 0.5, 5, 1e3],
        ),
        (
            "de",
            ["1,234.56", "1.5", "1.2345", "12.34,5", "1.234.56", "1 234", ".", ",", "1,2,3", ""],
            ["type"] * 9 + [None],
        ),
        ("fr", ["1 234,5", "1\u00a0234,5", "1\u202f234,5", "−7"], [1234.5, 1234.5, 1234.5, -7]),
        ("de_CH", ["1'234.5", "1’234.5", "1234.5"], [1234.5] * 3),
        ("en_IN", ["12,34,567.5", "1234567.5", "1,234,567"], [1234567.5, 1234567.5, "type"]),
    ],
)
def test_a_number_is_read_as_it_is_written_there_and_in_no_other_way(locale, cells, values) -> None:
    assert read(Number(locale=locale), *cells) == values


def test_a_locale_that_is_not_there_is_refused() -> None:
    for locale in ("xx", "nonsense!", ""):
        with pytest.raises(ValueError, match="There is no locale"):
            separators(locale)


def test_a_suggestion_does_not_contradict_the_locale() -> None:
    definition = definition_of({"value": Number(locale="de")})
    assert fix_for_type(definition.columns["value"], ["1,234.5"]) is None
    [group] = judged(definition, ["value"], ["1234.5"]).failed
    assert group.failure.fix == "Write a number such as 1.234,5 in value, then retry these rows."
