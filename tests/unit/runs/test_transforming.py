"""What is done to cells before they are read, and to values afterwards."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal as PythonDecimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.errors import PortalError
from portal.importers import (
    Boolean,
    Choice,
    Column,
    Date,
    DateTime,
    Decimal,
    Integer,
    Lower,
    MapValues,
    Number,
    Polars,
    Python,
    Replace,
    Slug,
    Strip,
    Text,
    Upper,
)
from tests.support.rows import definition_of, failures, good, judged


def values(column: Column, *cells: str) -> list[object]:
    """The values that the cells become; the key of its failure for one that fails."""
    verdict = judged(definition_of({"value": column}), ["value"], *((cell,) for cell in cells))
    kept = {number: row["value"] for number, row in good(verdict).items()}
    broken = failures(verdict)
    return [broken[number][0] if number in broken else kept[number] for number in range(1, len(cells) + 1)]


def gives(value: object) -> Python:
    return Python(lambda _value: value)


@pytest.mark.parametrize(
    ("step", "cell", "result"),
    [
        (Lower(), "ÄB c", "äb c"),
        (Upper(), "äb ß", "ÄB SS"),
        (Strip("#."), "#.a.#b##", "a.#b"),
        (Replace("([a-z])-", "${1}_"), "a-b-C-d", "a_b_C-d"),
        (Replace("x"), "axbx", "ab"),
        (Slug(), "  Straße & Ünïcode, 5!  ", "strasse-unicode-5"),
        (Slug("_"), "Ærøskøbing/Łódź", "aeroskobing_lodz"),
        (Slug(), "日本 हिन्दी", "日本-हिन्दी"),
        (MapValues({"r": "red"}), "r", "red"),
        (MapValues({"r": "red"}), "b", "b"),
        (MapValues({"r": "red"}, otherwise="missing"), "b", None),
        (Polars(lambda text: text.str.head(2)), "abc", "ab"),
        (Polars(lambda text: text.str.len_chars()), "abc", "3"),
        (Python(str.title), "ada lovelace", "Ada Lovelace"),
        (Python(len), "abc", "3"),
        (gives(None), "abc", None),
        ([Lower(), Replace("a"), Upper()], "abca", "BC"),
        ([Strip("x")], "xxx", None),
    ],
)
def test_a_step_changes_the_text_of_a_cell(step, cell: str, result: str | None) -> None:
    assert values(Text(transform=step), cell) == [result]


@settings(deadline=None)  # a busy machine is no failure
@given(st.text())
def test_a_slug_stays_as_it_is(text: str) -> None:
    [once] = values(Text(transform=Slug()), text)
    assert once is None or values(Text(transform=Slug()), str(once)) == [once]


def test_steps_see_given_cells_alone_and_may_empty_them() -> None:
    seen = []
    column = Text(transform=Python(lambda text: seen.append(text) or ""), null_values=["-"], required=True)
    assert values(column, " a ", "", "-", "b") == ["value.required"] * 4
    assert seen == ["a", "b"]


def test_a_changed_cell_is_read_by_its_kind() -> None:
    assert values(Choice(choices=["red"], transform=MapValues({"r": "red"})), "r", "x") == ["red", "value.type"]
    assert values(Boolean(transform=Python(lambda text: text == "ja")), "ja", "nein") == [True, False]
    assert values(Integer(transform=Replace("[^0-9]"), maximum=20), "1 x 2", "2 x 1") == [12, "value.maximum"]


@pytest.mark.parametrize(
    ("column", "cell", "result"),
    [
        (Number(after=Polars(lambda value: value / 100)), "250", 2.5),
        (Number(after=Polars(lambda value: 1 / value)), "0", "value.transform.not-finite"),
        (Number(after=[Polars(lambda value: value + 1), Python(lambda value: value * 2)]), "1", 4.0),
        (Number(after=gives(10**400)), "1", "value.transform.result"),
        (Integer(after=Python(lambda value: -value)), "3", -3),
        (Integer(after=gives(2**63)), "3", "value.transform.result"),
        (Integer(after=gives(True)), "3", "value.transform.result"),
        (Integer(after=gives(None)), "3", None),
        (Integer(after=Python(str)), "x", "value.type"),
        (Decimal(after=Python(lambda value: value * 2)), "1.25", PythonDecimal("2.50")),
        (Decimal(after=Python(lambda value: value / 8)), "1.25", "value.transform.result"),
        (Decimal(after=gives(PythonDecimal("inf"))), "1.25", "value.transform.result"),
        (Date(after=Python(lambda day: day + timedelta(1))), "2026-01-31", date(2026, 2, 1)),
        (Date(after=gives(datetime(2026, 1, 1))), "2026-01-31", "value.transform.result"),  # noqa: DTZ001
        (Boolean(after=Polars(lambda value: ~value)), "yes", False),
        (Boolean(after=gives(0)), "yes", "value.transform.result"),
        (Text(after=Python(str.upper), pattern="[a-z]"), "a", "A"),
        (Integer(after=Python(lambda value: value * 10), maximum=20), "3", "value.maximum"),
    ],
)
def test_a_value_is_changed_after_it_is_read(column: Column, cell: str, result: object) -> None:
    assert values(column, cell) == [result]


def test_moments_of_a_function_become_utc() -> None:
    zone = timezone(timedelta(hours=2))
    [value] = values(DateTime(after=Python(lambda moment: moment.replace(tzinfo=zone))), "2026-01-01T10:00:00Z")
    assert str(value) == "2026-01-01 08:00:00+00:00"


def test_a_function_that_raises_fails_that_row_alone() -> None:
    verdict = judged(definition_of({"n": Text(transform=Python(int)), "m": Text()}), ["n", "m"], "1a", "x ", "2b")
    assert good(verdict) == {1: {"n": "1", "m": "a"}, 3: {"n": "2", "m": "b"}}
    [group] = verdict.failed
    assert group.failure.key == "n.transform.ValueError"
    assert group.failure.message == "The n field can't be worked out: the importer's function raised ValueError."
    assert "invalid literal for int() with base 10: 'x'" in group.failure.fix
    assert (group.rows.to_list(), group.values.to_list()) == ([2], ["x"])


def test_errors_of_different_kinds_are_different_failures() -> None:
    column = Text(transform=Python(lambda text: 1 / int(text)))
    assert values(column, "0", "x", "2", "0") == [
        "value.transform.ZeroDivisionError",
        "value.transform.ValueError",
        "0.5",
        "value.transform.ZeroDivisionError",
    ]


@pytest.mark.parametrize(
    "column",
    [
        Text(transform=Polars(lambda text: text.dt.year())),
        Text(transform=Polars(lambda _text: 1 / 0)),
        Text(transform=Polars(lambda _text: "x")),
        Text(transform=Polars(lambda text: text.nothing())),
        Integer(after=Polars(lambda value: value.cast(pl.String) + "x")),
        Text(transform=Polars(lambda text: text.head(1))),
    ],
)
def test_an_expression_that_can_not_be_evaluated_names_its_column(column: Column) -> None:
    with pytest.raises(PortalError, match=r"The importer's transform of the column value can't be worked out: .") as e:
        values(column, "1", "2")
    assert e.value.fix
