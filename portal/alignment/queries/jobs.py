"""Which alignments there are, and what came of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import User
from portal.accounts.permissions import visible_to
from portal.alignment.models import AlignmentJob, AlignmentSource, PairState, TrainingPair
from portal.extensions import db
from portal.lifecycle import AlignmentSourceStatus
from portal.web.paging import PER_PAGE, Page, Part, paginate, part


@dataclass(frozen=True)
class AlignmentSummary:
    """What a job has and what came of it: its documents and how many are done; its pairs by state, those that a person
    edited among them; pairs that were `refused`, since they didn't stand the check against the text; what a language
    model was asked."""

    sources: int = 0
    sources_done: int = 0
    kept: int = 0
    duplicate: int = 0
    dropped: int = 0
    edited: int = 0
    refused: int = 0
    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


def visible_alignment(user: User, public_id: str) -> AlignmentJob | None:
    """The job with its user, its steps and its files, as it is now, if `user` may see it; two queries."""
    query = _visible(user).where(AlignmentJob.public_id == public_id).execution_options(populate_existing=True)
    return db.session.scalars(query).one_or_none()


def started_alignment(user: User, job_id: int) -> AlignmentJob | None:
    """The same by the number that an `Idempotency-Key` keeps."""
    query = _visible(user).where(AlignmentJob.id == job_id).execution_options(populate_existing=True)
    return db.session.scalars(query).one_or_none()


def alignments_part(user: User, *, limit: int, offset: int) -> Part[AlignmentJob]:
    """The jobs that `user` may see with their users, steps and files, the newest first; three queries."""
    return part(db.session, _newest_first(user), limit, offset)


def alignments_page(user: User, page: int, per_page: int = PER_PAGE) -> Page[AlignmentJob]:
    """The same by pages, for people."""
    return paginate(db.session, _newest_first(user), page, per_page)


def summary_of(job_ids: Collection[int]) -> dict[int, AlignmentSummary]:
    """What came of jobs; three queries, of which none reads pairs that nobody touched."""
    if not job_ids:
        return {}
    states, edited = _left_out(job_ids), _edited(job_ids)
    found = {row.alignment_job_id: row for row in db.session.execute(_of_sources(job_ids))}
    return {
        job_id: _summary(found[job_id], states, edited.get(job_id, 0)) if job_id in found else AlignmentSummary()
        for job_id in job_ids
    }


def _visible(user: User) -> Select[AlignmentJob]:
    query = select(AlignmentJob).where(visible_to(user, AlignmentJob.user_id))
    files = joinedload(AlignmentJob.jsonl_file), joinedload(AlignmentJob.parquet_file)
    return query.options(joinedload(AlignmentJob.user), *files, selectinload(AlignmentJob.steps))


def _newest_first(user: User) -> Select[AlignmentJob]:
    return _visible(user).order_by(AlignmentJob.id.desc())


def _of_sources(job_ids: Collection[int]) -> Select[*tuple[int, ...]]:
    is_done = AlignmentSource.status == AlignmentSourceStatus.DONE
    summed = ("pairs", "refused", "requests", "input_tokens", "output_tokens")
    query = select(
        AlignmentSource.alignment_job_id,
        func.count().label("sources"),
        func.count().filter(is_done).label("sources_done"),
        *(func.sum(getattr(AlignmentSource, column)).label(column) for column in summed),
    )
    return query.where(AlignmentSource.alignment_job_id.in_(job_ids)).group_by(AlignmentSource.alignment_job_id)


def _left_out(job_ids: Collection[int]) -> dict[tuple[int, PairState], int]:
    """How many pairs of each job are in each of the states in which a pair isn't in the files: few, as a rule."""
    columns = TrainingPair.alignment_job_id, TrainingPair.state
    query = select(*columns, func.count()).where(_is_of(job_ids), TrainingPair.state != PairState.KEPT)
    left_out = TrainingPair.state.in_([PairState.DUPLICATE, PairState.DROPPED])
    return {
        (job_id, state): count for job_id, state, count in db.session.execute(query.where(left_out).group_by(*columns))
    }


def _edited(job_ids: Collection[int]) -> dict[int, int]:
    query = select(TrainingPair.alignment_job_id, func.count())
    query = query.where(_is_of(job_ids), TrainingPair.original_question.is_not(None))
    return dict(iter(db.session.execute(query.group_by(TrainingPair.alignment_job_id))))


def _is_of(job_ids: Collection[int]) -> ColumnElement[bool]:
    return TrainingPair.alignment_job_id.in_(job_ids)


def _summary(row: Row[*tuple[int, ...]], states: dict[tuple[int, PairState], int], edited: int) -> AlignmentSummary:
    _job_id, sources, done, pairs, *rest = row
    duplicate, dropped = (states.get((_job_id, state), 0) for state in (PairState.DUPLICATE, PairState.DROPPED))
    return AlignmentSummary(
        sources, done, int(pairs) - duplicate - dropped, duplicate, dropped, edited, *map(int, rest)
    )
