"""Cron expressions: which are taken, when they are due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal.importers import Importer, Text
from portal.importers.cron import COUNTED, Cron
from portal.importers.registry import load_importers

NINE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)  # a Saturday


@pytest.mark.parametrize(
    ("expression", "due", "words"),
    [
        ("@hourly", datetime(2026, 11, 21, 10, 0, tzinfo=UTC), "At the start of every hour"),
        ("@Daily", datetime(2026, 11, 22, 0, 0, tzinfo=UTC), "At 00:00 every day"),
        ("@weekly", datetime(2026, 11, 22, 0, 0, tzinfo=UTC), "At 00:00 on Sunday"),
        ("@monthly", datetime(2026, 12, 1, 0, 0, tzinfo=UTC), "At 00:00 on the first day of every month"),
        ("@yearly", datetime(2027, 1, 1, 0, 0, tzinfo=UTC), "At 00:00 on January 1"),
        (" 30  2 * * * ", datetime(2026, 11, 22, 2, 30, tzinfo=UTC), "At 02:30 every day"),
        ("0 6 * * mon-fri", datetime(2026, 11, 23, 6, 0, tzinfo=UTC), "At 06:00 on Monday through Friday"),
        ("0 0 29 2 *", datetime(2028, 2, 29, 0, 0, tzinfo=UTC), "At 00:00 on February 29"),
    ],
)
def test_when_it_is_due(expression: str, due: datetime, words: str) -> None:
    cron = Cron.parse(expression)
    assert (cron.next_after(NINE), cron.words) == (due, words)
    assert cron.last_until(due) == due
    assert cron.last_until(due + timedelta(seconds=59)) == due
    assert cron.last_until(due - timedelta(seconds=1)) < due
    assert cron.count(due, due) == 1


def test_times_are_counted_up_to_a_limit() -> None:
    cron = Cron.parse("* * * * *")
    assert cron.count(NINE, NINE + timedelta(minutes=10, seconds=30)) == 11
    assert cron.count(NINE, NINE + timedelta(days=10_000)) == COUNTED


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("* * * *", "it must have five fields"),
        ("0 * * * * *", "it must have five fields"),
        ("@often", "it must have five fields"),
        ("61 * * * *", "minute can't be read"),
        ("0 0 30 2 *", "day-of-month can't be read"),
        ("a b c d e", "minute can't be read"),
    ],
)
def test_what_is_no_expression_is_refused_when_the_class_is_made(text: str, why: str) -> None:
    with pytest.raises(TypeError, match=f"Wrong: Its schedule isn't one: {why}"):
        type("Wrong", (Importer,), {"a": Text()}, table="t", source="/srv/a.csv", schedule=text)


def test_a_schedule_needs_a_source() -> None:
    with pytest.raises(TypeError, match="It has a schedule but no source to fetch from"):
        type("Wrong", (Importer,), {"a": Text()}, table="t", schedule="@daily")


def test_a_source_that_is_none_is_refused() -> None:
    with pytest.raises(TypeError, match="Wrong: Its source isn't one: a path must be absolute"):
        type("Wrong", (Importer,), {"a": Text()}, table="t", source="a.csv")
    with pytest.raises(TypeError, match="Wrong: Its source must be text"):
        type("Wrong", (Importer,), {"a": Text()}, table="t", source=5)


def test_the_documented_example_is_one(tmp_path: Path) -> None:
    document = (Path(__file__).parents[3] / "docs" / "importers.md").read_text()
    section = document.partition("## Where the file comes from")[2]
    (tmp_path / "orders.py").write_text(section.partition("```python\n")[2].partition("```")[0])
    orders = load_importers((str(tmp_path / "orders.py"),))["orders"]
    assert orders.source.shown == "sftp://files.example.com/out/orders-*.csv"
    assert orders.schedule.words == "At 02:30 every day"


def test_an_importer_has_neither_by_default() -> None:
    made = type("Plain", (Importer,), {"a": Text()}, table="t").definition
    assert (made.source, made.schedule) == (None, None)
