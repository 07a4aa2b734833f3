"""All-or-nothing runs on the bench: ten rows in three chunks, taken as far as a test wants."""

from __future__ import annotations

from portal.extensions import huey
from portal.lifecycle import RunStatus
from portal.runs.engine import recovery
from tests.support.lab import Lab, counts

ROWS = "sku,price\n" + "".join(f"s{number:02},{number}\n" for number in range(10))
ONE_FAILS = ROWS.replace("s05,5", "s05,five")


class Killed(BaseException):
    """What a worker that is killed leaves undone; no `except Exception` may catch it."""


def how_many(lab: Lab, table: str = "articles") -> int:
    return lab.rows(f"SELECT count(*) FROM {table}")[0][0]


def check_rows(lab: Lab, slug: str = "whole", content: str = ROWS) -> int:
    """Begin a run and execute all but its writing."""
    run_id = lab.start(slug, content)
    while lab.find(run_id).checked_at is None:
        huey.dequeue().execute()
    huey.flush()
    return run_id


def recover(lab: Lab, *gone: str) -> None:
    lab.write("UPDATE ingest_runs SET enqueued_at = '2000-01-01 00:00:00.000000'")
    with lab.elsewhere():
        recovery.recover(lab.context("pulse"), gone_workers=gone, queue_is_empty=True)
    lab.drain()


def is_all_in(lab: Lab, run_id: int) -> bool:
    run = lab.find(run_id)
    return (run.status, counts(run), how_many(lab)) == (RunStatus.COMPLETED, (10, 10, 0, 0), 10)
