"""Leases: who works on what, and until when. A piece of work is a row with `worker` and `lease_expires_at`; to claim it
is one conditional UPDATE, and whoever holds it renews its lease while at work.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update

from portal.database import AnySession, utcnow, writing

FORGOTTEN = timedelta(seconds=5)
"""A claim is older than this, or was renewed longer ago, before it may count as forgotten: it may be only just made."""

Leased = type[Any]
"""A model whose rows are claimed: it has the columns `id`, `worker` and `lease_expires_at`."""


@dataclass(frozen=True)
class Claimant:
    """A worker process, and for how long its claims hold unless it renews them."""

    worker: str
    lease_seconds: int

    def lease(self) -> datetime:
        return utcnow() + timedelta(seconds=self.lease_seconds)


def has_run_out(model: Leased, by: Claimant) -> ColumnElement[bool]:
    """Whether a lease has ended. One that ends far later than any that `by` is given now is from before the clock was
    set back: whoever holds it and is alive renews it within seconds, and the dead mustn't hold anything until then."""
    latest = utcnow() + timedelta(seconds=2 * by.lease_seconds)
    return or_(model.lease_expires_at < utcnow(), model.lease_expires_at > latest)


def is_lost(model: Leased, by: Claimant, gone_workers: list[str]) -> ColumnElement[bool]:
    """Whether a claim holds no more: its lease has run out, its worker is gone, or this process, which is `by`, claimed
    it, works on it no more and couldn't give it back, as while the database was away."""
    is_forgotten = and_(
        model.worker == by.worker,
        model.lease_expires_at < by.lease() - FORGOTTEN,
        model.id.not_in(held_now(model)),
    )
    return and_(model.worker.is_not(None), or_(has_run_out(model, by), model.worker.in_(gone_workers), is_forgotten))


@contextmanager
def at_work(model: Leased, row_id: int) -> Iterator[None]:
    """While this process works on what it has claimed, its leases are renewed. What it couldn't even give back, as
    when the disk is full, it must not hold for as long as it lives."""
    entry = (model.__tablename__, row_id)
    _at_work.add(entry)
    try:
        yield
    finally:
        _at_work.discard(entry)


_at_work: set[tuple[str, int]] = set()


def renew(session: AnySession, model: Leased, by: Claimant) -> None:
    """Extend the claims of `by`, which is this process, on what it works on."""
    ids = held_now(model)
    if not ids:
        return
    mine = select(model.id).where(model.id.in_(ids), model.worker == by.worker, model.lease_expires_at.is_not(None))
    with writing(session):
        # What is locked is being settled by this process itself: nobody else can free it meanwhile.
        free = session.scalars(mine.with_for_update(skip_locked=True)).all()
        session.execute(update(model).where(model.id.in_(free)).values(lease_expires_at=by.lease()))


def held_now(model: Leased) -> list[int]:
    """The ids of what this process is at work on."""
    return [row_id for table, row_id in list(_at_work) if table == model.__tablename__]
