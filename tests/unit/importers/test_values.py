"""`Value` records what is to be done with columns: told in words, checked, done later."""

from __future__ import annotations

import copy
import operator
import pickle
from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.importers import Value
from portal.importers.values import names_in, renamed, replay

ONE, TWO = Value("one"), Value("two")


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        (ONE + TWO, 10),
        (1 + ONE, 8),
        (ONE - TWO, 4),
        (1 - ONE, -6),
        (ONE * TWO, 21),
        (2 * ONE, 14),
        (ONE / 2, 3.5),
        (14 / ONE, 2),
        (ONE // TWO, 2),
        (ONE % TWO, 1),
        (-ONE, -7),
        (ONE == 7, True),
        (ONE != 7, False),
        (ONE < TWO, False),
        (ONE <= 7, True),
        (ONE > TWO, True),
        (ONE >= TWO, True),
        ((ONE > 5) & (TWO > 5), False),
        ((ONE > 5) | (TWO > 5), True),
        (ONE.bit_length(), 3),
        (ONE.to_bytes(length=1, byteorder="big"), b"\x07"),
        (ONE.real + TWO, 10),
    ],
)
def test_what_was_recorded_is_done_later(expression, result) -> None:
    assert replay(expression, {"one": 7, "two": 3}.__getitem__) == result


def test_a_negation_is_recorded() -> None:
    assert replay(~ONE, lambda _name: 0) == -1


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (Value("ends") >= Value("starts"), "ends >= starts"),
        (Value("country") == "DE", "country is “DE”"),
        ((Value("country") != "DE") | ~Value("firm"), "(country isn't “DE” or not firm)"),
        (Value("country").is_in(["DE", "NL"]), "country.is_in(“DE”, “NL”)"),
        (Value("day") > date(2026, 1, 1), "day > 2026-01-01"),
        (Value("name").str.len_chars() > 3, "name.str.len_chars() > 3"),
        (Value("total").round(decimals=2), "total.round(decimals=2)"),
        (3 * Value("a") - 1, "3 * a - 1"),
    ],
)
def test_it_is_told_in_words(expression, words) -> None:
    assert str(expression) == words


def test_its_columns_are_known_and_can_be_renamed() -> None:
    expression = (ONE + 1 > TWO) & ONE.is_between(TWO, upper_bound=Value("three"))
    assert list(names_in(expression)) == ["one", "two", "one", "two", "three"]
    assert set(names_in(renamed(expression, "my_{}".format))) == {"my_one", "my_two", "my_three"}
    assert str(renamed(ONE == "one", "my_{}".format)) == "my_one is “one”", "values stay"


def test_it_has_no_truth_before_there_is_a_row() -> None:
    with pytest.raises(TypeError, match="join conditions by &"):
        assert (ONE > 1) and (TWO > 1)
    with pytest.raises(TypeError, match="isn't known before there is a row"):
        assert 1 < ONE < 3


def test_what_python_looks_for_is_not_recorded() -> None:
    assert not hasattr(ONE, "__array__")
    assert str(copy.copy(ONE > 3)) == "one > 3"
    assert str(pickle.loads(pickle.dumps(ONE > 3))) == "one > 3"  # noqa: S301 - our own
    assert len({ONE, TWO, ONE}) == 2


OPERATORS = (operator.add, operator.sub, operator.mul)
numbers = st.integers(-9, 9)
leaves = numbers.map(lambda number: lambda _row: number) | st.sampled_from("ab").map(lambda name: lambda row: row(name))
expressions = st.recursive(
    leaves,
    lambda inner: st.builds(
        lambda do, left, right: lambda row: do(left(row), right(row)), st.sampled_from(OPERATORS), inner, inner
    ),
)
"""Functions that make an expression from what stands for a column: of values, or of recorded ones."""


@given(expressions, numbers, numbers)
def test_arithmetic_is_that_of_the_values(make, one: int, two: int) -> None:
    row = {"a": one, "b": two}.__getitem__
    assert replay(make(Value), row) == make(row)


def test_a_namespace_is_reached_through() -> None:
    row = SimpleNamespace(text=SimpleNamespace(upper="UP"))
    assert replay(Value("row").text.upper, lambda _name: row) == "UP"
