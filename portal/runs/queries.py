"""Every question that is asked about runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import User
from portal.accounts.permissions import visible_to
from portal.database import utcnow
from portal.extensions import db
from portal.files.models import StoredFile
from portal.lifecycle import RUN_ACTIVE, ChunkStatus, RowStatus
from portal.runs.models import IngestChunk, IngestErrorGroup, IngestRow, IngestRowError, IngestRun
from portal.web.paging import Page, paginate

STREAM_ROWS = 5_000
"""Failed rows that a download reads at a time."""


@dataclass(frozen=True)
class KeptRow:
    """A row that is kept, with its failures as (field, message, value): none unless it failed."""

    row_number: int
    status: RowStatus
    data: dict[str, str]
    settled_by_run_id: int | None
    errors: list[tuple[str, str, str | None]]

    @property
    def message(self) -> str:
        """All its failures in one line, with the values that failed."""
        return " ".join(f"{text} ({value})" if value else text for _, text, value in self.errors)


@dataclass(frozen=True)
class RowFailure:
    """One failure of a row; `key` names the group of rows that fail alike, `value` is what failed."""

    key: str
    field: str
    rule: str
    message: str
    value: str | None
    suggested_fix: str


def find_run(run_id: int) -> IngestRun | None:
    """The run as it is now, or None."""
    return db.session.get(IngestRun, run_id, populate_existing=True)


def visible_run(user: User, run_id: int) -> IngestRun | None:
    """The run with its user and file, if `user` may see it."""
    query = _visible(user).where(IngestRun.id == run_id).options(joinedload(IngestRun.file))
    return db.session.scalars(query).one_or_none()


def runs_page(
    user: User, *, status: str = "", importer: str = "", page: int = 1, per_page: int = 25
) -> Page[IngestRun]:
    """The runs that `user` may see, newest first; two queries however many there are."""
    query = _visible(user).order_by(IngestRun.id.desc())
    if status:
        query = query.where(IngestRun.status == status)
    if importer:
        query = query.where(IngestRun.importer == importer)
    return paginate(db.session, query, page, per_page)


def active_runs(user: User) -> Sequence[IngestRun]:
    """What is at work now, the oldest first."""
    query = _visible(user).where(IngestRun.status.in_(RUN_ACTIVE)).order_by(IngestRun.id).limit(20)
    return db.session.scalars(query).all()


def recent_runs(user: User, limit: int = 8) -> Sequence[IngestRun]:
    """The newest runs."""
    return db.session.scalars(_visible(user).order_by(IngestRun.id.desc()).limit(limit)).all()


def runs_in_need(user: User, limit: int = 8) -> Sequence[IngestRun]:
    """Finished runs with failed rows that nobody has brought in yet, the newest first."""
    query = (
        _visible(user)
        .where(IngestRun.status.not_in(RUN_ACTIVE), IngestRun.dry_run.is_(False))
        .where(IngestRun.failed > IngestRun.settled, IngestRun.retried_from_run_id.is_(None))
    )
    return db.session.scalars(query.order_by(IngestRun.id.desc()).limit(limit)).all()


def retries_of(run_id: int) -> Sequence[IngestRun]:
    """The runs that retried this one, in order."""
    query = select(IngestRun).where(IngestRun.retried_from_run_id == run_id).order_by(IngestRun.id)
    return db.session.scalars(query).all()


def earlier_run_of(user: User, file: StoredFile, importer: str) -> IngestRun | None:
    """The newest run that imports or imported rows of the same contents with the same importer, if `user` may
    see it."""
    query = (
        _visible(user)
        .join(StoredFile, StoredFile.id == IngestRun.file_id)
        .where(StoredFile.sha256 == file.sha256, IngestRun.importer == importer, IngestRun.dry_run.is_(False))
        .where(or_(IngestRun.successful > 0, IngestRun.status.in_(RUN_ACTIVE)))
    )
    return db.session.scalars(query.order_by(IngestRun.id.desc()).limit(1)).first()


def is_used(file_id: str) -> bool:
    """Whether a run imports or imported the file."""
    return db.session.scalar(select(IngestRun.id).where(IngestRun.file_id == file_id).limit(1)) is not None


def error_groups(run_id: int) -> Sequence[IngestErrorGroup]:
    """Why rows of the run failed, the most frequent cause first."""
    query = select(IngestErrorGroup).where(IngestErrorGroup.run_id == run_id)
    return db.session.scalars(query.order_by(IngestErrorGroup.count.desc(), IngestErrorGroup.id)).all()


def find_group(run_id: int, key: str) -> IngestErrorGroup | None:
    """One group of the run by its key."""
    query = select(IngestErrorGroup).where(IngestErrorGroup.run_id == run_id, IngestErrorGroup.key == key)
    return db.session.scalars(query).one_or_none()


def rows_of_group(run: IngestRun, group: IngestErrorGroup, page: int = 1, per_page: int = 20) -> Page[KeptRow]:
    """The failed rows of a group of `run` in order; two queries."""
    query = (
        select(IngestRow)
        .join(
            IngestRowError,
            (IngestRow.run_id == group.run_id) & (IngestRowError.row_number == IngestRow.row_number),
        )
        .where(IngestRowError.group_id == group.id)
        .order_by(IngestRowError.row_number)
    )
    found = paginate(db.session, query, page, per_page, total=group.count)
    return Page(_with_errors(run.id, run.headers, found.items), found.page, found.per_page, found.total)


def rows_of(run: IngestRun, *, status: str = "", page: int = 1, per_page: int = 20) -> Page[KeptRow]:
    """The rows that are kept of `run`, in order; those with `status` alone where it is given; three queries."""
    query = select(IngestRow).where(IngestRow.run_id == run.id).order_by(IngestRow.row_number)
    if status:
        query = query.where(IngestRow.status == status)
    found = paginate(db.session, query, page, per_page, total=run.failed if status == RowStatus.FAILED else None)
    return Page(_with_errors(run.id, run.headers, found.items), found.page, found.per_page, found.total)


def find_row(run: IngestRun, row_number: int) -> KeptRow | None:
    """One row that is kept of `run`, or None."""
    row = db.session.get(IngestRow, (run.id, row_number))
    return _with_errors(run.id, run.headers, [row])[0] if row else None


def failures_of_row(run_id: int, row_number: int) -> list[RowFailure]:
    """Why one row failed, with what to do about each."""
    query = (
        select(IngestErrorGroup, IngestRowError.value)
        .join(IngestRowError, IngestRowError.group_id == IngestErrorGroup.id)
        .where(IngestErrorGroup.run_id == run_id, IngestRowError.row_number == row_number)
        .order_by(IngestErrorGroup.id)
    )
    return [
        RowFailure(group.key, group.field, group.rule, group.message, value, group.suggested_fix)
        for group, value in db.session.execute(query)
    ]


def open_failed_rows(run: IngestRun) -> Iterator[KeptRow]:
    """All failed rows of the run that no later run has brought in, in order, read as they are asked for."""
    run_id, headers, after = run.id, run.headers, -1
    while True:
        query = (
            select(IngestRow.row_number, IngestRow.status, IngestRow.cells, IngestRow.settled_by_run_id)
            .where(IngestRow.run_id == run_id, IngestRow.status == RowStatus.FAILED)
            .where(IngestRow.settled_by_run_id.is_(None), IngestRow.row_number > after)
            .order_by(IngestRow.row_number)
            .limit(STREAM_ROWS)
        )
        rows = db.session.execute(query).all()
        if not rows:
            return
        after = rows[-1].row_number
        failed = _with_errors(run_id, headers, rows)
        db.session.commit()  # a slow reader of the download must not hold a read transaction open
        yield from failed


def throughput(run_id: int, points: int = 40) -> list[int]:
    """Rows per second over the life of the run, in at most `points` equal parts of it; seen from its chunks."""
    query = (
        select(IngestChunk.completed_at, IngestChunk.rows)
        .where(IngestChunk.run_id == run_id, IngestChunk.status == ChunkStatus.DONE)
        .order_by(IngestChunk.completed_at)
    )
    done = [(time, rows) for time, rows in db.session.execute(query) if time is not None]
    started: datetime | None = db.session.scalar(select(IngestRun.started_at).where(IngestRun.id == run_id))
    if not done or started is None:
        return []
    return _per_second(done, started, min(points, len(done)))


def rows_per_minute(user: User, hours: int = 24, parts: int = 48) -> list[int]:
    """Rows per minute over the last `hours`, in `parts` equal parts."""
    since = utcnow() - timedelta(hours=hours)
    query = (
        select(IngestChunk.completed_at, IngestChunk.rows)
        .join(IngestRun, IngestRun.id == IngestChunk.run_id)
        .where(IngestChunk.completed_at >= since, visible_to(user, IngestRun.user_id))
    )
    minutes = hours * 60 / parts
    totals = [0.0] * parts
    for time, rows in db.session.execute(query):
        if time is None:
            continue
        place = min(int((time - since).total_seconds() / 60 / minutes), parts - 1)
        totals[place] += rows / minutes
    return [round(total) for total in totals]


def _per_second(done: list[tuple[datetime, int]], started: datetime, parts: int) -> list[int]:
    """The rows of each chunk are spread over the time since the one before, so that the curve doesn't show where
    the borders of the parts happen to fall."""
    ends = [max((time - started).total_seconds(), 0.001) for time, _ in done]
    length = ends[-1] / parts
    totals = [0.0] * parts
    begin = 0.0
    for end, (_, rows) in zip(ends, done, strict=True):
        rate = rows / max(end - begin, 0.001)
        for place in range(int(begin / length), min(int(end / length) + 1, parts)):
            shared = min(end, (place + 1) * length) - max(begin, place * length)
            totals[place] += rate * max(shared, 0.0) / length
        begin = end
    return [round(total) for total in totals]


def _visible(user: User) -> Select[IngestRun]:
    return select(IngestRun).where(visible_to(user, IngestRun.user_id)).options(joinedload(IngestRun.user))


def _with_errors(run_id: int, headers: Sequence[str], rows: Sequence[Any]) -> list[KeptRow]:
    """`rows` with their failures: one query for all. A range instead of a list of numbers would read all that lies
    between the rows of a group."""
    if not rows:
        return []
    query = (
        select(IngestRowError.row_number, IngestErrorGroup.field, IngestErrorGroup.message, IngestRowError.value)
        .join(IngestErrorGroup, IngestErrorGroup.id == IngestRowError.group_id)
        .where(IngestErrorGroup.run_id == run_id)
        .where(IngestRowError.row_number.in_([row.row_number for row in rows]))
        .order_by(IngestRowError.row_number, IngestRowError.group_id)
    )
    errors: dict[int, list[tuple[str, str, str | None]]] = {}
    for number, field, message, value in db.session.execute(query):
        errors.setdefault(number, []).append((field, message, value))
    return [
        KeptRow(
            row.row_number,
            row.status,
            dict(zip(headers, row.cells, strict=True)),
            row.settled_by_run_id,
            errors.get(row.row_number, []),
        )
        for row in rows
    ]
