"""The verdict on whole columns is that of looking at each row by itself."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal as PythonDecimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.importers import Column, Date, DateTime, Decimal, Importer, Integer, Lookup, Text
from portal.runs.engine.frames import PROBLEM, ROW, cell
from portal.runs.engine.validating import Verdict, validate

KNOWN = {"1", "2", "A"}


class Sample(Importer, table="t", key="code", null_values=["NA"]):
    code = Text(required=True, pattern="[A-Z]{1,3}", minimum=2, maximum=2)
    count = Integer(required=True, minimum=0, maximum=9)
    ref = Text(lookup=Lookup("others", "name"), null_values=["-"])
    raw = Text(trim=False, default="none")
    size = Integer(default=7, minimum=5)


HEADERS = ["Size", "raw", "unused", "ref", "count", "code"]
MAPPING = {"Size": "size", "raw": "raw", "ref": "ref", "count": "count", "code": "code"}
WORDS = ["", " ", "NA", "-", "A", " A ", "AB", "ABC", "ABCD", "ab", "0", " 5", "-1", "10", "x", "1", "2", "\u00a0AB"]
cells = st.sampled_from(WORDS)
rows = st.lists(st.tuples(*[cells] * len(HEADERS), st.booleans()), max_size=12)


def frame_of(rows: list[tuple]) -> pl.DataFrame:
    columns = {ROW: pl.Series(range(5, 5 + len(rows)), dtype=pl.Int64)}
    for position in range(len(HEADERS)):
        columns[cell(position)] = pl.Series([row[position] for row in rows], dtype=pl.String)
    problems = ["broken" if row[-1] else None for row in rows]
    return pl.DataFrame(columns | {PROBLEM: pl.Series(problems, dtype=pl.String)})


def look_up(_lookup: Lookup, _column: Column, values: pl.Series) -> pl.Series:
    return values.filter(values.is_in(list(KNOWN)))


def judge(row: tuple) -> tuple[dict[str, object], set[str]]:
    """One row by itself: its values, or the keys of its failures."""
    raw = dict(zip(HEADERS, row, strict=False))
    if row[-1]:
        return {}, {"malformed"}
    text = {name: raw[header] if name == "raw" else raw[header].strip() for header, name in MAPPING.items()}
    missing = {name: {"", "-"} if name == "ref" else {"", "NA"} for name in text}
    value = {name: None if text[name] in missing[name] else text[name] for name in text}
    failures = set()

    if value["code"] is None:
        failures.add("code.required")
    elif not (
        value["code"].isupper() and value["code"].isascii() and value["code"].isalpha() and len(value["code"]) < 4
    ):
        failures.add("code.pattern")
    elif len(value["code"]) != 2:
        failures.add("code.minimum" if len(value["code"]) < 2 else "code.maximum")

    for name, low, high in (("count", 0, 9), ("size", 5, 10**9)):
        if value[name] is None:
            failures |= {"count.required"} if name == "count" else set()
        elif not value[name].lstrip("-").isdigit():
            failures.add(f"{name}.type")
        elif int(value[name]) < low:
            failures.add(f"{name}.minimum")
        elif int(value[name]) > high:
            failures.add(f"{name}.maximum")
        else:
            value[name] = int(value[name])

    if value["ref"] is not None and value["ref"] not in KNOWN:
        failures.add("ref.lookup")
    defaults = {"raw": "none", "size": 7}
    return {name: defaults.get(name) if value[name] is None else value[name] for name in value}, failures


def failures_by_row(verdict: Verdict) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for group in verdict.failed:
        for number in group.rows:
            found.setdefault(number, set()).add(group.failure.key)
    return found


@given(rows)
def test_the_verdict_is_that_on_each_row_by_itself(rows: list[tuple]) -> None:
    verdict = validate(frame_of(rows), HEADERS, MAPPING, Sample.definition, look_up)
    judged = {number: judge(row) for number, row in enumerate(rows, start=5)}
    assert failures_by_row(verdict) == {number: failures for number, (_, failures) in judged.items() if failures}
    assert verdict.bad_rows.to_list() == [number for number, (_, failures) in judged.items() if failures]
    good = [{ROW: number} | values for number, (values, failures) in judged.items() if not failures]
    assert verdict.good.to_dicts() == [{name: row[name] for name in verdict.good.columns} for row in good]


def test_the_raw_value_stands_beside_each_failure() -> None:
    verdict = validate(frame_of([("1", "", "", " Z ", "x", "AB", False)]), HEADERS, MAPPING, Sample.definition, look_up)
    assert {group.failure.key: group.values.to_list() for group in verdict.failed} == {
        "size.minimum": ["1"],
        "ref.lookup": [" Z "],
        "count.type": ["x"],
    }


def check(column: Column, *texts: str) -> list[str]:
    """The rules that the cells of one column break, each cell a row; "" where it breaks none."""
    definition = type("One", (Importer,), {"value": column}, table="t").definition
    frame = pl.DataFrame({ROW: pl.Series(range(len(texts)), dtype=pl.Int64), cell(0): list(texts)})
    broken = failures_by_row(validate(frame, ["value"], {"value": "value"}, definition, look_up))
    return [broken.get(number, {""}).pop().removeprefix("value.") for number in range(len(texts))]


def test_limits_include_their_ends() -> None:
    assert check(Integer(minimum=-1, maximum=1), "-2", "-1", "1", "2", "") == ["minimum", "", "", "maximum", ""]
    exact = Decimal(minimum=PythonDecimal("0.10"), maximum=PythonDecimal("0.30"))
    assert check(exact, "0.09", "0.1", "0.30", "0.31") == ["minimum", "", "", "maximum"]
    days = Date(minimum=datetime(2026, 1, 1).date(), maximum=datetime(2026, 1, 2).date())  # noqa: DTZ001
    assert check(days, "2025-12-31", "2026-01-01", "2026-01-02", "2026-01-03") == ["minimum", "", "", "maximum"]


@pytest.mark.parametrize("zone", [None, UTC])
def test_limits_of_moments_may_leave_out_the_zone(zone) -> None:
    column = DateTime(minimum=datetime(2026, 1, 1, tzinfo=zone), default=datetime(2026, 1, 1, tzinfo=zone))
    assert check(column, "2025-12-31T23:59:59Z", "2026-01-01T00:00:00", "") == ["minimum", "", ""]


def test_lengths_are_counted_in_characters() -> None:
    assert check(Text(maximum=3), "äöü", "👍👍👍", "abcd") == ["", "", "maximum"]


def test_a_pattern_must_fit_the_whole_cell() -> None:
    column = Text(pattern="a|b+", trim=False)
    assert check(column, "a", "bb", "ab", "a\n", "\na", "xa", "") == ["", "", *["pattern"] * 4, ""]


def test_null_values_of_a_column_take_the_place_of_the_importers() -> None:
    assert check(Integer(null_values=["n/a", "?"]), "n/a", "?", "NA", " ? ") == ["", "", "type", ""]


def test_a_look_up_asks_for_each_value_once() -> None:
    asked: list[list[str]] = []

    def find(_lookup: Lookup, _column: Column, values: pl.Series) -> pl.Series:
        asked.append(sorted(values.to_list()))
        return values.head(0)

    frame = frame_of([("", "", "", ref, "1", "AB", False) for ref in ["A", "B", "A", "", " B "]])
    verdict = validate(frame, HEADERS, MAPPING, Sample.definition, find)
    assert asked == [["A", "B"]]
    assert failures_by_row(verdict) == {number: {"ref.lookup"} for number in (5, 6, 7, 9)}


def test_a_column_that_the_file_lacks_is_left_out_unless_it_has_a_default() -> None:
    frame = pl.DataFrame({ROW: pl.Series([1], dtype=pl.Int64), cell(0): ["AB"], cell(1): ["1"]})
    verdict = validate(frame, ["code", "count"], {"code": "code", "count": "count"}, Sample.definition, look_up)
    assert verdict.good.to_dicts() == [{ROW: 1, "code": "AB", "count": 1, "raw": "none", "size": 7}]
