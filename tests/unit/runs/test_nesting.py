"""Cells that hold several values: lists, and rows in JSON."""

from __future__ import annotations

import json
from decimal import Decimal as PythonDecimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.importers import Children, Decimal, Integer, Lookup, Lower, Many, Rule, Text, Value
from tests.support.rows import definition_of, failures, good, judged


class Item:
    sku = Text(required=True, transform=Lower())
    amount = Integer(minimum=1, aliases=["qty"], default=1)
    price = Decimal()
    paid = Rule((Value("amount") < 10) | (Value("price") > 0), "Ten or more aren't for free.")


BASKET = definition_of(
    {
        "code": Text(required=True),
        "tags": Many(lookup=Lookup("tags", "name"), through="basket_tags", own="basket", other="tag", maximum=3),
        "sizes": Many(separator="|", each=Integer(maximum=9), through="basket_sizes"),
        "items": Children(columns=Item, table="items", link="basket", minimum=1),
    },
    key="code",
)
HEADERS = ["code", "tags", "sizes", "items"]


def item(sku: str | None, amount: int | None = 1, price: str | None = None) -> dict[str, object]:
    return {"sku": sku, "amount": amount, "price": price and PythonDecimal(price)}


@pytest.mark.parametrize(
    ("cell", "value"),
    [("red, green", ["red", "green"]), (" a,,b ,a,", ["a", "b"]), (",", []), ("", None), ("a,b,c,d", "tags.maximum")],
)
def test_a_list_is_taken_apart(cell: str, value: object) -> None:
    verdict = judged(BASKET, ["code", "tags"], ("1", cell))
    assert (failures(verdict)[1][0] if failures(verdict) else good(verdict)[1]["tags"]) == value


def test_each_entry_of_a_list_is_judged() -> None:
    verdict = judged(
        BASKET, ["code", "tags", "sizes"], ("1", "red,unknown,unheard", "1|2"), ("2", "", "3|x"), ("3", "", "10|4|11")
    )
    assert good(verdict) == {}
    told = {group.failure.key: (group.failure.message, group.values.to_list()) for group in verdict.failed}
    assert told == {
        "tags.entry.lookup": ("In tags: The entry field must be found in tags.", ["unknown"]),
        "sizes.entry.type": ("In sizes: The entry field must be a whole number.", ["x"]),
        "sizes.entry.maximum": ("In sizes: The entry field must be at most 9.", ["10"]),
    }
    assert good(judged(BASKET, ["code", "sizes"], ("4", "2|1"), ("5", ""))) == {
        1: {"code": "4", "sizes": [2, 1]},
        2: {"code": "5", "sizes": None},
    }


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('[{"sku": " A ", "Qty": 2, "price": 1.50, "more": 1}, {"sku": "b"}]', [item("a", 2, "1.5"), item("b")]),
        ('[{"sku": "a", "price": 12345678901234567890.12}]', [item("a", 1, "12345678901234567890.12")]),
        ('[{"sku": true}, {"sku": {"x": 1}}]', [item("true"), item('{"x": "1"}')]),
        ("", None),
        ("[]", "items.minimum"),
        ('[{"sku": "a"', "items.type"),
        ('{"sku": "a"}', "items.type"),
        ("[1]", "items.type"),
        ("[" * 100_000, "items.type"),
        ('[{"sku": "\\ud800"}]', "items.type"),
        ('[{"sku": "a"}, {"amount": 1}]', "items.sku.required"),
        ('[{"sku": "a", "amount": 0}]', "items.amount.minimum"),
        ('[{"sku": "a", "amount": 10}, {"sku": "b", "amount": 10, "price": 0}]', "items.amount, price.paid"),
    ],
)
def test_rows_in_json_are_read_and_judged(cell: str, value: object) -> None:
    verdict = judged(BASKET, ["code", "items"], ("1", cell))
    assert (failures(verdict)[1][0] if failures(verdict) else good(verdict)[1]["items"]) == value


def test_a_row_fails_once_for_each_cause_whatever_the_number_of_its_children() -> None:
    cell = json.dumps([{"amount": 1}, {"amount": 0, "sku": "a"}, {}, {"sku": "b", "amount": "x"}])
    verdict = judged(BASKET, ["code", "items"], ("1", cell), ("2", '[{"sku": "a"}]'), ("", "no"))
    assert failures(verdict) == {
        1: ["items.sku.required"],
        3: ["code.required", "items.type"],
    }
    assert list(good(verdict)) == [2]


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.lists(
        st.none() | st.lists(st.tuples(st.text("abc", min_size=1, max_size=3), st.integers(1, 9)), min_size=1),
        max_size=6,
    )
)
def test_all_that_goes_in_comes_out_in_order(baskets: list[list[tuple[str, int]] | None]) -> None:
    cells = [
        "" if basket is None else json.dumps([{"sku": sku, "qty": amount} for sku, amount in basket])
        for basket in baskets
    ]
    verdict = judged(BASKET, ["code", "items"], *(("x", cell) for cell in cells))
    assert failures(verdict) == {}
    expected = [None if basket is None else [item(sku, amount) for sku, amount in basket] for basket in baskets]
    assert [row["items"] for row in good(verdict).values()] == expected


def test_their_type_is_the_same_in_every_chunk() -> None:
    empty, full = (judged(BASKET, HEADERS, row).good for row in [("1", "", "", ""), ("1", "a", "1", '[{"sku": "a"}]')])
    assert empty.schema == full.schema
    assert full.schema["sizes"] == pl.List(pl.Int64)
