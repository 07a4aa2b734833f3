"""Which pairs a job has, with the passages that they rest on."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from portal.alignment.models import (
    PAIRS_OF_A_SOURCE,
    AlignmentJob,
    AlignmentPassage,
    PairState,
    TrainingPair,
)
from portal.extensions import db
from portal.lifecycle import ALIGNMENT_WITHOUT_RESULT
from portal.web.paging import Page, Part, paginate, part

EDITED = "edited"

PAIR_STATES: dict[str, ColumnElement[bool]] = {
    PairState.KEPT: TrainingPair.state == PairState.KEPT,
    EDITED: TrainingPair.original_question.is_not(None),
    PairState.DUPLICATE: TrainingPair.state == PairState.DUPLICATE,
    PairState.DROPPED: TrainingPair.state == PairState.DROPPED,
}
"""How the pairs of a job can be narrowed; what was edited may have been dropped since."""


@dataclass(frozen=True)
class PairNarrowing:
    """Which pairs are wanted; what is empty narrows nothing.

    `search` is looked for in questions and answers, whatever the case; `kind` is a `PairKind`, `state` one of
    `PAIR_STATES`, `document` the number of a source.
    """

    search: str = ""
    kind: str = ""
    state: str = ""
    document: int | None = None

    @property
    def is_by_state_alone(self) -> bool:
        return not self.search and not self.kind and self.document is None


def pairs_page(job: AlignmentJob, narrowing: PairNarrowing, page: int, total: int | None = None) -> Page[TrainingPair]:
    """The pairs of a job in the order of its documents, with passage and document; two queries, or one where `total` is
    known already.

    A text is looked for in each pair of the job, since no index helps with parts of words: with 300,000 pairs that
    takes half a second.
    """
    return paginate(db.session, _in_order(job, narrowing), page, total=total)


def pairs_part(job: AlignmentJob, narrowing: PairNarrowing, *, limit: int, offset: int) -> Part[TrainingPair]:
    """The same by offset, for programs."""
    return part(db.session, _in_order(job, narrowing), limit, offset)


def find_pair(job: AlignmentJob, pair_id: int) -> TrainingPair | None:
    """One pair of the job with passage and document, as it is now."""
    query = select(TrainingPair).where(TrainingPair.alignment_job_id == job.id, TrainingPair.id == pair_id)
    return db.session.scalars(_with_passage(query).execution_options(populate_existing=True)).one_or_none()


def _in_order(job: AlignmentJob, narrowing: PairNarrowing) -> Select[TrainingPair]:
    if job.status in ALIGNMENT_WITHOUT_RESULT:  # what is left of its pairs is being removed
        return select(TrainingPair).where(false())
    query = select(TrainingPair).where(TrainingPair.alignment_job_id == job.id, *_conditions(narrowing))
    return _with_passage(query).order_by(TrainingPair.position)


def _with_passage(query: Select[TrainingPair]) -> Select[TrainingPair]:
    return query.options(joinedload(TrainingPair.passage).joinedload(AlignmentPassage.source))


def _conditions(narrowing: PairNarrowing) -> list[ColumnElement[bool]]:
    conditions = []
    if narrowing.kind:
        conditions.append(TrainingPair.kind == narrowing.kind)
    if narrowing.state in PAIR_STATES:
        conditions.append(PAIR_STATES[narrowing.state])
    if narrowing.document is not None:
        first = narrowing.document * PAIRS_OF_A_SOURCE
        conditions.append(TrainingPair.position.between(first, first + PAIRS_OF_A_SOURCE - 1))
    if narrowing.search:
        columns = (TrainingPair.question, TrainingPair.answer)
        conditions.append(or_(*(_has(column, narrowing.search) for column in columns)))
    return conditions


def _has(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    """Whatever the case. SQLite's LIKE asks for none by itself, which takes a third of the time that `lower` does
    (https://www.sqlite.org/lang_expr.html#like)."""
    is_sqlite = db.engine.dialect.name == "sqlite"
    return (column.contains if is_sqlite else column.icontains)(text, autoescape=True)
