"""How many rows went in, and when."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from portal.accounts.models import User
from portal.accounts.permissions import visible_to
from portal.database import utcnow
from portal.extensions import db
from portal.lifecycle import ChunkStatus
from portal.runs.models import IngestChunk, IngestRun


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
