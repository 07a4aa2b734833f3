"""How one row became what it is: what the trace tells is what happens."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.importers import (
    Children,
    Choice,
    Concat,
    Date,
    Group,
    Integer,
    Lookup,
    Lower,
    Many,
    MapValues,
    Number,
    Polars,
    Python,
    Rule,
    Text,
    Value,
)
from portal.runs.engine.mapping import map_headers
from portal.runs.engine.tracing import Judgement, RowTrace, Step, trace_row
from tests.support.rows import definition_of, failures, find_all, good, judged


class Place:
    city = Text(required=True)
    code = Text(required_if=Value("city") == "A")


ORDER = definition_of(
    {
        "shop": Text(written=False, transform=[Lower(), Python(lambda text: text.removeprefix("no"))]),
        "number": Integer(maximum=50, null_values=["-"], after=Python(lambda number: 100 // number)),
        "ref": Text(computed=Concat("shop", "number", separator="/", needs_all=True), maximum=6),
        "day": Date(formats=["%d.%m.%Y", "%Y-%m-%d"], default=date(2026, 1, 1)),
        "total": Number(locale="de", after=Polars(lambda total: total * 2)),
        "kind": Choice(choices=["red", "blue"], transform=MapValues({"r": "red"}), used_if=Value("shop").is_not_null()),
        "known": Text(lookup=Lookup("others"), messages={"lookup": "Who is that?"}),
        "tags": Many(through="tags", maximum=2),
        "items": Children(columns=type("Item", (), {"sku": Text(required=True)}), table="items", link="ref"),
        "to": Group(Place),
        "small": Rule(Value("total") < Value("number"), "Not small."),
        "early": Rule(Python(lambda day: day.year < 2027, "day"), "Not early."),
    },
    key="ref",
)
HEADERS = ["shop", "number", "day", "total", "kind", "known", "tags", "items", "to_city", "to_code", "more"]
MAPPING = map_headers(HEADERS, ORDER).columns
cells = {
    "shop": ["", " A", "noB", "no", "long name"],
    "number": ["", "1", "-", "0", "99", "x", "7"],
    "day": ["", "1.2.2026", "2027-03-04", "x"],
    "total": ["", "0,5", "1.000", "1.5", "x"],
    "kind": ["", "r", "blue", "green"],
    "known": ["", "some", "unknown"],
    "tags": ["", "a, b,a", "a,b,c"],
    "items": ["", "[]", '[{"sku": "a"}]', '[{"sku": ""}]', "{"],
    "to_city": ["", "A", "B"],
    "to_code": ["", "1"],
    "more": ["x"],
}
rows = st.tuples(*(st.sampled_from(cells[header]) for header in HEADERS))


def trace(row: tuple[str, ...]) -> RowTrace:
    return trace_row(row, HEADERS, MAPPING, ORDER, find_all)


@settings(deadline=None, max_examples=50)  # a busy machine is no failure
@given(st.lists(rows, min_size=1, max_size=5))
def test_a_trace_ends_as_the_row_does(rows: list[tuple[str, ...]]) -> None:
    verdict = judged(ORDER, HEADERS, *rows)
    written, failed = good(verdict), failures(verdict)
    for number, row in enumerate(rows, start=1):
        traced = trace(row)
        assert traced.written == written.get(number)
        judgements = [column.judgements for column in traced.columns.values()] + list(traced.rules.values())
        told = [judgement.message for judged_for in judgements for judgement in judged_for if not judgement.passed]
        assert len(told) == len(failed.get(number, []))
        assert sorted(told) == sorted(group.failure.message for group in verdict.failed if number in group.rows)


@settings(deadline=None, max_examples=50)  # a busy machine is no failure
@given(rows)
def test_the_last_step_of_a_column_is_its_value(row: tuple[str, ...]) -> None:
    traced = trace(row)
    for name in ("number", "ref", "total", "known", "to_city"):
        value = (traced.written or {}).get(name)
        assert traced.written is None or traced.columns[name].steps[-1].value == value


def test_each_step_is_told_in_order() -> None:
    row = ("  NOa ", "20", "1.2.2026", "1,5", "r", "some", "", "", "B", "", "x")
    traced = trace(row)
    shop, number, ref = (traced.columns[name] for name in ("shop", "number", "ref"))
    assert (shop.header, shop.raw) == ("shop", "  NOa ")
    assert shop.steps == [
        Step("trimmed", "NOa"),
        Step("given", "NOa"),
        Step("in small letters", "noa"),
        Step("by its author's function", "a"),
        Step("read as text", "a"),
    ]
    assert [step.value for step in number.steps] == ["20", "20", 20, 5]
    assert (ref.header, ref.raw) == (None, None)
    assert ref.steps[0] == Step("computed: shop and number with “/” between", "a/5")
    assert [judgement.rule for judgement in ref.judgements] == ["required", "maximum"]
    assert traced.columns["kind"].steps[0] == Step("used if shop.is_not_null()", "r")
    assert traced.rules == {"small": [Judgement("small", True)], "early": [Judgement("early", True)]}
    assert traced.written is not None
    assert traced.written["day"] == date(2026, 2, 1)


def test_what_fails_is_told_and_what_hangs_on_it_is_not_asked() -> None:
    traced = trace(("a", "-", "", "", "", "unknown", "", "", "A", "", "x"))
    assert traced.written is None
    assert traced.columns["number"].steps[1] == Step("taken as missing", None)
    assert traced.columns["known"].judgements == [Judgement("lookup", False, "Who is that?")]
    assert traced.columns["to_code"].judgements == [Judgement("required", False, "The to_code field is required.")]
    assert traced.columns["ref"].judgements == [Judgement("required", False, "The ref field is required.")]
    assert traced.columns["day"].judgements == [Judgement("type", True)]
