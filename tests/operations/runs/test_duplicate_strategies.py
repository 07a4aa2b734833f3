"""`upsert` and `update_if_newer`: what is in the table afterwards, and what is counted."""

from __future__ import annotations

import random

import pytest

from portal.lifecycle import RunStatus
from tests.support.lab import Lab, counts

HEADER = "state,detail,changed\n"


def prices(lab: Lab) -> dict[str, tuple[int, str]]:
    return {
        state: (detail, str(changed)[:10])
        for state, detail, changed in lab.rows("SELECT state, detail, changed FROM prices ORDER BY state")
    }


def test_upsert_inserts_what_is_new_and_changes_what_is_there(related_lab: Lab) -> None:
    related_lab.write("INSERT INTO prices VALUES ('b', 1, '2026-01-01 00:00:00.000000')")
    run = related_lab.run("prices-upserted", "state,detail\na,5\nb,6\na,7\nc,-1\nd,8\n")
    assert (run.status, counts(run)) == (RunStatus.COMPLETED_WITH_ERRORS, (5, 4, 1, 0))
    assert prices(related_lab) == {"a": (7, "None"), "b": (6, "2026-01-01"), "d": (8, "None")}
    assert related_lab.failed_rows(run.id) == {
        4: "The table's rule detail > 0 doesn't allow this row."
        if related_lab.database == "sqlite"
        else "The table's rule prices_detail_check doesn't allow this row."
    }


def test_an_older_row_is_skipped(related_lab: Lab) -> None:
    related_lab.write("INSERT INTO prices VALUES ('same', 1, '2026-05-05 00:00:00.000000')")
    related_lab.write("INSERT INTO prices VALUES ('older', 1, '2026-05-05 00:00:00.000000')")
    related_lab.write("INSERT INTO prices VALUES ('newer', 1, '2026-05-05 00:00:00.000000')")
    related_lab.write("INSERT INTO prices VALUES ('undated', 1, NULL)")
    rows = "same,2,2026-05-05\nolder,2,2026-05-04\nnewer,2,2026-05-06\nundated,2,2026-01-01\nnew,2,\nnewer,3,\n"
    run = related_lab.run(
        "prices-newer",
        HEADER
        + rows.replace("-05\n", "-05 00:00\n")
        .replace("-04\n", "-04 00:00\n")
        .replace("-06\n", "-06 00:00\n")
        .replace("-01\n", "-01 00:00\n"),
    )
    assert (run.status, counts(run)) == (RunStatus.COMPLETED, (6, 3, 0, 3))
    assert prices(related_lab) == {
        "new": (2, "None"),
        "newer": (2, "2026-05-06"),
        "older": (1, "2026-05-05"),
        "same": (1, "2026-05-05"),
        "undated": (2, "2026-01-01"),
    }


def test_a_file_without_the_column_changes_only_what_has_no_time(related_lab: Lab) -> None:
    related_lab.write("INSERT INTO prices VALUES ('dated', 1, '2026-05-05 00:00:00.000000')")
    run = related_lab.run("prices-newer", "state,detail\ndated,2\nnew,2\nnew,3\n")
    assert counts(run) == (3, 2, 0, 1)
    assert prices(related_lab) == {"dated": (1, "2026-05-05"), "new": (3, "None")}


def some_rows(chance: random.Random) -> list[tuple[str, int, int]]:
    return [(chance.choice("abcdef"), chance.randint(-1, 9), chance.randint(1, 20)) for _ in range(30)]


def read_row_by_row(rows: list[tuple[str, int, int]]) -> tuple[dict[str, tuple[int, str]], int, int]:
    table: dict[str, tuple[int, int]] = {}
    failed = skipped = 0
    for state, detail, day in rows:
        if state in table and day <= table[state][1]:
            skipped += 1
        elif detail <= 0:
            failed += 1
        else:
            table[state] = (detail, day)
    return {state: (detail, f"2026-01-{day:02}") for state, (detail, day) in table.items()}, failed, skipped


@pytest.mark.parametrize("seed", range(4))
def test_the_outcome_is_that_of_reading_the_file_row_by_row(related_lab: Lab, seed: int) -> None:
    chance = random.Random(seed)
    rows = some_rows(chance)
    content = HEADER + "".join(f"{state},{detail},2026-01-{day:02} 00:00\n" for state, detail, day in rows)
    table, failed, skipped = read_row_by_row(rows)
    rehearsed = related_lab.run("prices-newer", content, dry_run=True)
    run_id = related_lab.start("prices-newer", content)
    related_lab.drain(chance)
    run = related_lab.find(run_id)
    assert prices(related_lab) == table
    assert counts(run) == (len(rows), len(rows) - failed - skipped, failed, skipped)
    assert counts(rehearsed) == counts(run)


@pytest.mark.parametrize("seed", range(3))
def test_upsert_gives_the_last_good_row_whatever_the_order_of_workers(related_lab: Lab, seed: int) -> None:
    chance = random.Random(seed)
    rows = some_rows(chance)
    run_id = related_lab.start("prices-upserted", "state,detail\n" + "".join(f"{s},{d}\n" for s, d, _ in rows))
    related_lab.drain(chance)
    assert prices(related_lab) == {state: (detail, "None") for state, detail, _ in rows if detail > 0}
    assert related_lab.find(run_id).failed == sum(detail <= 0 for _, detail, _ in rows)
