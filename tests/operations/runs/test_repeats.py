"""Keys that come again within one file: the outcome is that of reading it row by row from top to bottom."""

from __future__ import annotations

import csv
import io
import random
import re
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.database import writing
from portal.extensions import db
from tests.support.lab import Lab, counts

SLUGS = {"goods": "update", "goods-once": "skip", "goods-strict": "fail"}
Row = tuple[str, str, str]

cells = st.tuples(
    st.sampled_from(["A", "B", "C", " A ", "B ", "", "b", "NA"]),
    st.sampled_from(["one", "two", "three", "", "NA", "a name of more than 20 letters"]),
    st.sampled_from(["1", "2", "", "-1", "x", "100"]),
)
tables = st.lists(cells, max_size=25).map(lambda rows: [("Z", "last", "3"), *rows])


@dataclass
class Outcome:
    """What reading row by row gives."""

    table: dict[str, tuple[str, int | None]]
    successful: int = 0
    skipped: int = 0
    failed: list[int] = field(default_factory=list)


def read_row_by_row(rows: list[Row], strategy: str, table: dict[str, tuple[str, int | None]]) -> Outcome:
    outcome = Outcome(dict(table))
    for number, row in enumerate(rows, start=1):
        sku, name, price = (None if cell.strip() in ("", "NA") else cell.strip() for cell in row)
        valid = (
            sku is not None
            and re.fullmatch("[A-Z]+", sku)
            and name is not None
            and len(name) <= 20
            and (price is None or (re.fullmatch(r"-?\d+", price) and 0 <= int(price) <= 100))
        )
        if not valid or (sku in outcome.table and strategy == "fail"):
            outcome.failed.append(number)
        elif sku in outcome.table and strategy == "skip":
            outcome.skipped += 1
        else:
            outcome.successful += 1
            outcome.table[str(sku)] = (str(name), int(price) if price else None)
    return outcome


def as_csv(rows: list[Row]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([("sku", "name", "price"), *rows])
    return text.getvalue()


def clear() -> None:
    """Empty the tables between two examples, which share one app."""
    with writing(db.session):
        for table in ("goods", "ingest_row_errors", "ingest_error_groups", "ingest_rows", "ingest_chunks"):
            db.session.connection().exec_driver_sql(f"DELETE FROM {table}")


def table_of(lab: Lab) -> dict[str, tuple[str, int | None]]:
    return {sku: (name, price) for sku, name, price in lab.rows("SELECT sku, name, price FROM goods")}


@pytest.mark.parametrize("slug", SLUGS)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=tables, there=st.booleans(), seed=st.integers(0, 1000))
def test_the_outcome_is_that_of_reading_row_by_row(lab: Lab, slug, rows, there, seed) -> None:
    clear()
    before = {"A": ("before", 9)} if there else {}
    for sku, (name, price) in before.items():
        lab.write("INSERT INTO goods VALUES (:sku, :name, :price)", sku=sku, name=name, price=price)
    expected = read_row_by_row(rows, SLUGS[slug], before)
    chance = random.Random(seed)

    for dry_run in (True, False):
        run_id = lab.start(slug, as_csv(rows), dry_run=dry_run)
        lab.drain(chance)
        assert counts(lab.find(run_id)) == (
            len(rows),
            expected.successful,
            len(expected.failed),
            expected.skipped,
        )
        assert sorted(lab.failed_rows(run_id)) == expected.failed
        assert table_of(lab) == (before if dry_run else expected.table)


def stock(lab: Lab) -> list[tuple]:
    return lab.rows("SELECT shop, sku, amount FROM stock ORDER BY shop, sku")


def lines(*rows: str) -> str:
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("slug", "amount"), [("stock", 13), ("stock-once", 1)])
def test_a_key_completed_by_a_default_is_the_same_key(lab: Lab, slug, amount, seed) -> None:
    rows = [f"{shop},A,{number}" for number, shop in enumerate(["main", "", "main", ""] * 3 + [""], start=1)]
    lab.start(slug, lines("shop,sku,amount", *rows))
    lab.drain(random.Random(seed))
    assert stock(lab) == [("main", "A", amount)]


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize(("slug", "amount", "skipped"), [("stock", 9, 0), ("stock-once", 1, 8)])
def test_a_key_column_that_only_has_a_default_counts_too(lab: Lab, slug, amount, skipped, dry_run) -> None:
    run_id = lab.start(slug, lines("sku,amount", *(f"A,{number}" for number in range(1, 10))), dry_run=dry_run)
    lab.drain(random.Random(1))
    assert counts(lab.find(run_id)) == (9, 9 - skipped, 0, skipped)
    assert stock(lab) == ([] if dry_run else [("main", "A", amount)])


@pytest.mark.parametrize(
    ("slug", "amounts", "kept", "expected"),
    [
        ("stock", [1, 2, 3, 4, 5000], 4, (5, 4, 1, 0)),
        ("stock", [1, 5000, 6000, 2, 7000], 2, (5, 2, 3, 0)),
        ("stock-once", [5000, 6000, 7000, 8, 9], 8, (5, 1, 3, 1)),
        ("stock-once", [5000, 6000, 7, 8, 9000], 7, (5, 1, 2, 2)),
    ],
)
def test_a_row_that_the_database_refuses_leaves_its_key_to_the_others(lab: Lab, slug, amounts, kept, expected) -> None:
    run = lab.run(slug, lines("shop,sku,amount", *(f"main,A,{amount}" for amount in amounts)))
    assert counts(run) == expected
    assert stock(lab) == [("main", "A", kept)]
