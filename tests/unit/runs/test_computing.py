"""Columns that depend on others: computed ones, those that count in some rows only; and rules across columns."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.errors import PortalError
from portal.importers import (
    Choice,
    Concat,
    Date,
    Integer,
    Lookup,
    Lower,
    MapValues,
    Number,
    Polars,
    Python,
    Rule,
    Text,
    Value,
)
from portal.runs.engine.frames import PROBLEM
from portal.runs.engine.keys import typed_keys
from portal.runs.engine.mapping import map_headers
from portal.runs.engine.validating import validate
from tests.support.rows import definition_of, failures, find_all, frame_of, good, judged


def test_texts_are_joined_without_those_that_are_missing() -> None:
    definition = definition_of(
        {
            "first": Text(),
            "last": Text(default="N."),
            "age": Integer(),
            "name": Text(computed=Concat("first", "last", separator=" ")),
            "all": Text(computed=Concat("first", "age", needs_all=True)),
        }
    )
    verdict = judged(definition, ["first", "last", "age"], ("Ada", "L", "07"), ("", "", "5"), ("Bo", "", ""))
    assert [(row["name"], row["all"]) for row in good(verdict).values()] == [
        ("Ada L", "Ada7"),
        ("N.", None),
        ("Bo N.", None),
    ]


def test_values_are_computed_in_the_order_of_their_needs() -> None:
    definition = definition_of(
        {
            "gross": Number(computed=Value("net") * 2, maximum=100),
            "net": Number(computed=Value("amount") * Value("price")),
            "amount": Integer(default=1),
            "price": Number(),
            "large": Text(computed=(Value("gross") > 50).cast(pl.String), transform=MapValues({"true": "yes"})),
        }
    )
    verdict = judged(definition, ["amount", "price"], ("3", "2.5"), ("", "30"), ("", ""), ("9", "9"), ("x", "1"))
    assert [row["gross"] for row in good(verdict).values()] == [15.0, 60.0, None]
    assert [row["large"] for row in good(verdict).values()] == ["false", "yes", None]
    assert failures(verdict) == {4: ["gross.maximum"], 5: ["amount.type"]}


def test_what_is_computed_as_text_is_read_like_a_cell() -> None:
    definition = definition_of(
        {
            "year": Text(written=False),
            "day": Date(
                computed=Concat("year", "rest", separator="-"), formats=["%Y-%d.%m."], minimum=date(2000, 1, 1)
            ),
            "rest": Text(written=False),
            "kind": Choice(computed=Value("year") + " ", choices=["2026"], required=True, transform=Lower()),
        }
    )
    verdict = judged(
        definition, ["year", "rest"], ("2026", "31.12."), ("2026", "31.11."), ("1999", "01.01."), ("", "x")
    )
    assert good(verdict) == {1: {"day": date(2026, 12, 31), "kind": "2026"}}
    assert failures(verdict) == {2: ["day.type"], 3: ["day.minimum", "kind.type"], 4: ["day.type", "kind.required"]}
    assert {group.failure.key: group.values.to_list() for group in verdict.failed}["day.minimum"] == ["1999-01.01."]


@pytest.mark.parametrize(
    ("function", "cells", "values"),
    [
        (lambda one, two: one + two, ("1", "2"), {1: {"sum": 3}}),
        (lambda one, two: f"{one}{two}", ("1", "2"), {1: {"sum": 12}}),
        (lambda one, two: one or two, ("", "2"), {1: {"sum": 2}}),
        (lambda *_values: None, ("", "2"), {1: {"sum": None}}),
        (lambda one, two: one + two, ("1", ""), "sum.transform.TypeError"),
        (lambda one, two: one / two, ("1", "2"), "sum.transform.result"),
    ],
)
def test_a_function_is_called_with_the_values_it_names(function, cells, values) -> None:
    column = Integer(computed=Python(function, "one", "two"))
    definition = definition_of({"one": Integer(written=False), "two": Integer(written=False), "sum": column})
    verdict = judged(definition, ["one", "two"], cells)
    assert (good(verdict) or failures(verdict)[1][0]) == values


def test_a_column_is_left_out_with_what_it_is_computed_from() -> None:
    definition = definition_of(
        {
            "a": Text(),
            "b": Text(),
            "both": Text(computed=Concat("a", "b")),
            "more": Text(computed=Value("both") + "!"),
            "some": Text(used_if=Value("b") == "x"),
            "rule": Rule(Value("b") == "x", "No."),
        }
    )
    verdict = judged(definition, ["a", "some"], ("1", "2"))
    assert (good(verdict), failures(verdict)) == ({1: {"a": "1"}}, {})


def test_a_column_counts_in_some_rows_only() -> None:
    definition = definition_of(
        {
            "kind": Text(),
            "rate": Number(used_if=Value("kind") == "firm", required=True, maximum=9),
            "note": Text(used_if=Python(lambda kind: kind, "kind"), default="none"),
        }
    )
    rows = [("firm", "5", "a"), ("man", "x", "b"), ("", "99", "c"), ("firm", "", "d"), ("firm", "10", "")]
    verdict = judged(definition, ["kind", "rate", "note"], *rows)
    assert good(verdict) == {
        1: {"kind": "firm", "rate": 5.0, "note": "a"},
        2: {"kind": "man", "rate": None, "note": "b"},
        3: {"kind": None, "rate": None, "note": "none"},
    }
    assert failures(verdict) == {4: ["rate.required"], 5: ["rate.maximum"]}


@pytest.mark.parametrize("headers", [["country", "vat"], ["country"]])
def test_a_value_is_needed_where_the_condition_holds_even_in_a_file_without_it(headers: list[str]) -> None:
    definition = definition_of(
        {"vat": Text(required_if=Value("country") == "DE", messages={"required": "No {field}!"}), "country": Text()}
    )
    verdict = judged(definition, headers, *[(country, "")[: len(headers)] for country in ("DE", "US", "")])
    assert failures(verdict) == {1: ["vat.required"]}
    [group] = verdict.failed
    assert group.failure.message == "No vat!"
    assert group.values.to_list() == ([""] if len(headers) == 2 else [None])


def test_a_condition_may_fail_by_itself() -> None:
    definition = definition_of({"n": Integer(), "a": Text(required_if=Python(lambda n: 1 / n > 0, "n"))})
    verdict = judged(definition, ["n", "a"], ("1", ""), ("0", "x"), ("-1", ""), ("x", ""))
    assert failures(verdict) == {1: ["a.required"], 2: ["a.transform.ZeroDivisionError"], 4: ["n.type"]}


RULES = {
    "starts": Date(),
    "ends": Date(default=date(2026, 1, 31)),
    "guests": Integer(minimum=0),
    "in_order": Rule(Value("ends") >= Value("starts"), "The end lies before the start.", fix="Swap the days."),
    "few": Rule(Python(lambda guests: guests < 5, "guests"), "Too many guests.", fields=["guests", "starts"]),
}


def test_rules_see_typed_values_with_defaults() -> None:
    rows = [
        ("2026-01-02", "2026-01-01", "1"),
        ("2026-02-01", "", "1"),
        ("", "2026-01-01", "9"),
        ("x", "2026-01-01", "9"),
        ("2026-01-01", "2026-01-01", ""),
        ("2026-01-01", "2026-01-01", "4"),
    ]
    verdict = judged(definition_of(RULES), ["starts", "ends", "guests"], *rows)
    assert failures(verdict) == {
        1: ["ends, starts.in_order"],
        2: ["ends, starts.in_order"],
        3: ["guests, starts.few"],
        4: ["guests, starts.few", "starts.type"],
        5: ["guests, starts.few.TypeError"],
    }
    told = {group.failure.key: group for group in verdict.failed}
    broken = told["ends, starts.in_order"]
    assert (broken.failure.message, broken.failure.fix) == ("The end lies before the start.", "Swap the days.")
    assert broken.values.to_list() == ["2026-01-01, 2026-01-02", ", 2026-02-01"]
    assert (
        told["guests, starts.few"].failure.fix == "Check guests and starts against the source, then retry these rows."
    )
    assert told["guests, starts.few.TypeError"].failure.message.startswith("The rule few can't be worked out")
    assert list(good(verdict)) == [6]


def test_a_rule_is_not_asked_where_one_of_its_columns_has_failed() -> None:
    definition = definition_of(
        {
            "a": Integer(lookup=Lookup("t")),
            "twice": Integer(computed=Value("a").fill_null(-9) * 2),
            "positive": Rule(Value("twice").fill_null(-1) > 0, "Not positive."),
        }
    )
    assert failures(judged(definition, ["a"], ("x",), ("",), ("3",))) == {1: ["a.type"], 2: ["twice.positive"]}


def test_malformed_lines_are_not_asked_for_anything_else() -> None:
    frame = frame_of([("2026-01-02", "2026-01-01", "9")], 3).with_columns(pl.lit("broken").alias(PROBLEM))
    names = ["starts", "ends", "guests"]
    verdict = validate(frame, names, {name: name for name in names}, definition_of(RULES), find_all)
    assert failures(verdict) == {1: ["malformed"]}


@pytest.mark.parametrize(
    "members",
    [
        {"a": Integer(), "b": Text(computed=Value("a").str.head(1))},
        {"a": Integer(), "b": Integer(computed=Value("a").cast(pl.String) + "x", transform=Polars(len))},
        {"a": Integer(), "b": Text(used_if=Value("a") + "x")},
        {"a": Integer(), "b": Text(required_if=Value("a").dt.year() == 1)},
        {"a": Integer(), "b": Rule(Value("a").nothing(), "No.")},
    ],
)
def test_what_can_not_be_worked_out_for_any_row_is_named(members) -> None:
    with pytest.raises(PortalError, match=r"The importer's .* b can't be worked out: .+\.$"):
        judged(definition_of(members), ["a", "b"], ("1", "1"))


KEYED = definition_of(
    {
        "shop": Text(transform=[Lower(), Python(lambda text: text.removeprefix("shop "))], written=False),
        "number": Integer(written=False, null_values=["-"], after=Python(lambda number: number // 2)),
        "day": Date(default=date(2026, 1, 1), formats=["%d.%m.%Y", "%Y-%m-%d"]),
        "code": Text(computed=Concat("shop", "number", separator="-", needs_all=True), used_if=Value("shop") != "x"),
        "rest": Text(),
    },
    key=["code", "day"],
    on_duplicate="update",
)
words = st.sampled_from(["", "A", " a", "shop A", "x", "1", "2", "03", "-", "1.2.2026", "2026-02-01", "99.9.2026"])


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.tuples(words, words, words, words), max_size=8))
def test_a_key_is_the_same_when_it_is_found_and_when_it_is_written(rows: list[tuple[str, ...]]) -> None:
    headers = ["day", "shop", "rest", "number"]
    mapping = map_headers(headers, KEYED).columns
    frame = frame_of(rows, 4)
    keys = typed_keys(frame, headers, mapping, KEYED)
    assert keys is not None
    found = dict(enumerate(keys.rows(), start=1))
    written = good(judged(KEYED, headers, *rows))
    assert {number: found[number] for number in written} == {
        number: (row["code"], row["day"]) for number, row in written.items()
    }


def test_there_is_no_key_without_what_it_is_computed_from() -> None:
    frame = frame_of([("a", "b")], 2)
    assert typed_keys(frame, ["shop", "day"], {"shop": "shop", "day": "day"}, KEYED) is None
    assert typed_keys(frame, ["shop", "number"], {"shop": "shop", "number": "number"}, KEYED) is not None
    assert typed_keys(frame, ["a", "b"], {}, definition_of({"a": Text()})) is None
