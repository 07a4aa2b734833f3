"""Which runs there are."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import User
from portal.accounts.permissions import can_see, visible_to
from portal.extensions import db
from portal.files.models import StoredFile
from portal.lifecycle import RUN_ACTIVE
from portal.runs.models import IngestRun
from portal.web.paging import Page, paginate


def find_run(run_id: int) -> IngestRun | None:
    """The run as it is now, or None."""
    return db.session.get(IngestRun, run_id, populate_existing=True)


def visible_run(user: User, run_id: int) -> IngestRun | None:
    """The run with its user and file, if `user` may see it."""
    query = _visible(user).where(IngestRun.id == run_id).options(joinedload(IngestRun.file))
    return db.session.scalars(query).one_or_none()


def watched_run(user: User, run_id: int) -> IngestRun | None:
    """The run alone, if `user` may see it: for programs, which ask often."""
    run = db.session.get(IngestRun, run_id)
    return run if run and can_see(user, run.user_id) else None


def runs_page(
    user: User, *, status: str = "", importer: str = "", page: int = 1, per_page: int = 25, beyond: bool = False
) -> Page[IngestRun]:
    """The runs that `user` may see, newest first; two queries however many there are. `beyond` as in `paginate`."""
    return paginate(db.session, runs_of(user, status=status, importer=importer), page, per_page, beyond=beyond)


def runs_of(user: User, *, status: str = "", importer: str = "") -> Select[IngestRun]:
    """The runs that `user` may see, newest first; those in `status`, or of `importer`, alone where it is given."""
    query = _visible(user).order_by(IngestRun.id.desc())
    if status:
        query = query.where(IngestRun.status == status)
    return query.where(IngestRun.importer == importer) if importer else query


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


def _visible(user: User) -> Select[IngestRun]:
    return select(IngestRun).where(visible_to(user, IngestRun.user_id)).options(joinedload(IngestRun.user))
