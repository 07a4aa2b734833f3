"""Long reads: all that there is of something in order of its key, a part at a time.

Each part is a transaction of its own and begins after the last key of the one before. So nothing comes twice, and what
changes meanwhile is given as it was before or as it is after. What a part gives is plain: it isn't bound to a session.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeVar

from sqlalchemy import Connection, Select, Text, bindparam, cast, select
from sqlalchemy.orm import InstrumentedAttribute

from portal.accounts.models import User
from portal.database import reading_part
from portal.extensions import db
from portal.lifecycle import RowStatus
from portal.runs.models import IngestErrorGroup, IngestRow, IngestRowError, IngestRun
from portal.runs.queries.rows import KeptRow, failure_text, rows_alike, rows_in_order, with_errors
from portal.runs.queries.runs import runs_of
from portal.timeline import Event

Item = TypeVar("Item")

PART = 500
"""How many things are read at a time. Of more Python's garbage collector makes more work than their queries cost."""

ROWS = IngestRow.__table__.c
ERRORS = IngestRowError.__table__.c
GROUPS = IngestErrorGroup.__table__.c


@dataclass(frozen=True)
class FailedRows:
    """Some failed rows in order, side by side: their numbers, their raw cells in the order of the run's headers, and
    all failures of each in one line, with the values that failed."""

    numbers: Sequence[int]
    cells: list[list[str | None]]
    messages: Sequence[str]


def open_failed_rows(run: IngestRun) -> Iterator[FailedRows]:
    """All failed rows of the run that no later run has brought in. Made for a million of them: it reads plain tuples,
    since objects of the ORM would take three times as long."""
    run_id, after = run.id, -1
    while True:
        with reading_part(db.session) as connection:
            found = connection.execute(OPEN_ROWS, {"run_id": run_id, "after": after}).all()
            numbers = [number for number, _ in found]
            messages = _messages(connection, run_id, numbers) if numbers else {}
        if not numbers:
            return
        cells = json.loads(f"[{','.join([cells for _, cells in found])}]")
        yield FailedRows(numbers, cells, list(messages.values()))
        after = numbers[-1]


def stream_runs(user: User, *, status: str = "", importer: str = "") -> Iterator[IngestRun]:
    """The runs that `user` may see, newest first; those in `status`, or of `importer`, alone where it is given."""
    return _by_key(runs_of(user, status=status, importer=importer), IngestRun.id, _detached, newest_first=True)


def stream_rows(run: IngestRun, *, status: str = "", group: IngestErrorGroup | None = None) -> Iterator[KeptRow]:
    """The rows that are kept of `run`, in order; those with `status`, or of `group`, alone where it is given."""
    run_id, headers = run.id, run.headers
    query, key = rows_in_order(run_id, status=status), IngestRow.row_number
    if group:
        query, key = rows_alike(group), IngestRowError.row_number
    return _by_key(query, key, lambda rows: with_errors(run_id, headers, rows))


def stream_events(run_id: int) -> Iterator[Event]:
    """The timeline of a run, oldest first."""
    query = select(Event).where(Event.subject_type == "run", Event.subject_id == str(run_id))
    return _by_key(query.order_by(Event.id), Event.id, _detached)


def _by_key(
    query: Select[Any],
    key: InstrumentedAttribute[int],
    plain: Callable[[Sequence[Any]], list[Item]],
    *,
    newest_first: bool = False,
) -> Iterator[Item]:
    """What `plain` makes of the entities of `query`, which has them in order of `key`."""
    asked = query.limit(PART)
    while True:
        with reading_part(db.session):
            found = db.session.scalars(asked).all()
            last = getattr(found[-1], key.key) if found else None
            items = plain(found)
        yield from items
        if len(found) < PART:
            return
        asked = query.where(key < last if newest_first else key > last).limit(PART)


def _detached(entities: Sequence[Any]) -> list[Any]:
    """`entities` with what was read of them, which the end of the transaction would make the session forget."""
    for entity in entities:
        db.session.expunge(entity)
    return list(entities)


def _messages(connection: Connection, run_id: int, numbers: Sequence[int]) -> dict[int, str]:
    """All failures in one line for each row of `numbers`, which are in order."""
    messages = dict.fromkeys(numbers, "")
    texts = {row.id: row.message for row in connection.execute(GROUP_TEXTS, {"run_id": run_id})}
    # All between the first and the last, as they lie, and some at a time: between two open rows there may be a million
    # that are settled.
    between = {"groups": list(texts), "first": numbers[0], "last": numbers[-1]}
    failures = connection.execute(FAILURES, between, execution_options={"yield_per": PART})
    for number, group_id, value in chain.from_iterable(failures.partitions()):
        before = messages.get(number)
        if before is not None:
            text = failure_text(texts[group_id], value)
            messages[number] = f"{before} {text}" if before else text
    return messages


OPEN_ROWS = (
    select(ROWS.row_number, cast(ROWS.cells, Text).label("cells"))
    .where(ROWS.run_id == bindparam("run_id"), ROWS.status == RowStatus.FAILED, ROWS.settled_by_run_id.is_(None))
    .where(ROWS.row_number > bindparam("after"))
    .order_by(ROWS.row_number)
    .limit(PART)
)
GROUP_TEXTS = select(GROUPS.id, GROUPS.message).where(GROUPS.run_id == bindparam("run_id"))
FAILURES = (
    select(ERRORS.row_number, ERRORS.group_id, ERRORS.value)
    .where(ERRORS.group_id.in_(bindparam("groups", expanding=True)))
    .where(ERRORS.row_number.between(bindparam("first"), bindparam("last")))
    .order_by(ERRORS.group_id)
)
