"""Keeping passages and pairs as they are generated: some hundred at a time, in short transactions.

A document is done with the transaction that keeps its last pairs. What is kept of one before, when it is long or a
language model takes its time, counts for nothing until then: whoever takes it over removes that and begins again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import bindparam, insert, update

from portal.alignment.engine import settling
from portal.alignment.engine.claims import FREE, Batch, SourceClaim, held
from portal.alignment.engine.context import Context
from portal.alignment.generating.pairs import Pair, Passage, Usage, digest_of
from portal.alignment.models import PAIRS_OF_A_SOURCE, AlignmentPassage, AlignmentSource, PairState, TrainingPair
from portal.database import AnySession, can_be_kept, writing
from portal.lifecycle import AlignmentSourceStatus

PAIRS = 1_000
"""So many pairs are gathered before they are kept."""

LETTERS = 2_000_000
"""Characters of passages, likewise."""

_SOURCES, _PASSAGES, _PAIRS = (model.__table__ for model in (AlignmentSource, AlignmentPassage, TrainingPair))
"""Rows go past the mapper, which would take as long again as the database."""

SECONDS = 2.0
"""What was gathered for so long is kept, so that progress moves."""


@dataclass
class _Share:
    """What was gathered of one document since the last transaction; `done` are the bytes that it rests on, and
    `..._before` what that transaction had of all."""

    claim: SourceClaim
    passages: list[Passage] = field(default_factory=list)
    done: int = 0
    is_finished: bool = False
    done_before: int = 0
    passages_before: int = 0
    pairs_before: int = 0

    @property
    def pairs(self) -> int:
        return sum(len(passage.pairs) for passage in self.passages)

    def next(self) -> _Share:
        """The one that follows, once this one is kept."""
        passages, pairs = self.passages_before + len(self.passages), self.pairs_before + self.pairs
        return _Share(self.claim, [], self.done, False, self.done, passages, pairs)


class Gathering:
    """What is generated of a batch, on its way into the database. What keeps it raises Cancelled once all is lost."""

    def __init__(self, context: Context, batch: Batch) -> None:
        self._context, self._batch = context, batch
        self._shares: dict[int, _Share] = {}
        self._pairs = self._letters = 0
        self._kept_at = time.monotonic()

    def add(self, claim: SourceClaim, passage: Passage, *, length: int) -> None:
        """Take the next passage of a document that has `length` characters. Raises Cancelled."""
        share = self._shares.setdefault(claim.source_id, _Share(claim))
        share.passages.append(_storable(passage))
        share.done = claim.size * passage.end // length
        self._pairs += len(passage.pairs)
        self._letters += len(passage.text)
        if self._is_due():
            self.keep()

    def finish(self, claim: SourceClaim) -> None:
        """Take note that there are no more passages of a document."""
        share = self._shares.setdefault(claim.source_id, _Share(claim))
        share.done, share.is_finished = claim.size, True

    def keep(self) -> None:
        """Keep what was gathered, in one transaction. Raises Cancelled."""
        session, job_id = self._context.session, self._batch.job_id
        with writing(session):
            ours = held(session, self._batch)
            shares = [share for source_id, share in self._shares.items() if source_id in ours]
            _insert_pairs(session, job_id, shares, _insert_passages(session, shares))
            _settle(session, shares)
            settling.note_progress(session, job_id, sum(share.done - share.done_before for share in shares))
        self._shares = {share.claim.source_id: share.next() for share in shares if not share.is_finished}
        self._pairs = self._letters = 0
        self._kept_at = time.monotonic()

    def _is_due(self) -> bool:
        is_late = time.monotonic() - self._kept_at > SECONDS
        return is_late or self._pairs >= PAIRS or self._letters >= LETTERS


def _storable(passage: Passage) -> Passage:
    """Without pairs that a language model wrote with characters that no database keeps: these count as refused."""
    pairs = tuple(pair for pair in passage.pairs if can_be_kept(pair.question) and can_be_kept(pair.answer))
    refused = passage.refused + len(passage.pairs) - len(pairs)
    return passage if len(pairs) == len(passage.pairs) else replace(passage, pairs=pairs, refused=refused)


def _insert_passages(session: AnySession, shares: Sequence[_Share]) -> Iterator[int]:
    """The ids of the passages, in their order."""
    rows = [
        {
            "source_id": share.claim.source_id,
            "number": number,
            "headings": list(passage.headings),
            "start": passage.start,
            "end": passage.end,
            "text": passage.text,
        }
        for share in shares
        for number, passage in enumerate(share.passages, share.passages_before + 1)
    ]
    if not rows:
        return iter(())
    inserted = insert(_PASSAGES).returning(_PASSAGES.c.id, sort_by_parameter_order=True)
    return iter(session.connection().scalars(inserted, rows).all())


def _insert_pairs(session: AnySession, job_id: int, shares: Sequence[_Share], passage_ids: Iterator[int]) -> None:
    rows = [
        _pair_row(job_id, passage_id, share.claim.number * PAIRS_OF_A_SOURCE + number, pair)
        for share in shares
        for number, (passage_id, pair) in enumerate(_pairs(share, passage_ids), share.pairs_before + 1)
    ]
    if rows:
        session.connection().execute(insert(_PAIRS), rows)


def _pairs(share: _Share, passage_ids: Iterator[int]) -> Iterator[tuple[int, Pair]]:
    for passage in share.passages:
        passage_id = next(passage_ids)
        for pair in passage.pairs:
            yield passage_id, pair


def _pair_row(job_id: int, passage_id: int, position: int, pair: Pair) -> dict[str, object]:
    return {
        "alignment_job_id": job_id,
        "passage_id": passage_id,
        "position": position,
        "kind": pair.kind,
        "question": pair.question,
        "answer": pair.answer,
        "start": pair.start,
        "end": pair.end,
        "digest": digest_of(pair.question, pair.answer),
        "state": PairState.KEPT,
    }


def _settle(session: AnySession, shares: Sequence[_Share]) -> None:
    """Add up what came of the documents, and let go of those that are finished."""
    if shares:
        session.connection().execute(_ADDED, [_sums(share) for share in shares])
    finished = [share.claim.source_id for share in shares if share.is_finished]
    ended = update(AlignmentSource).where(AlignmentSource.id.in_(finished))
    session.execute(
        ended.values(status=AlignmentSourceStatus.DONE, **FREE), execution_options={"synchronize_session": False}
    )


_SUMMED = ("pairs", "refused", "requests", "input_tokens", "output_tokens")
_ADDED = (
    update(_SOURCES)
    .where(_SOURCES.c.id == bindparam("source_id"))
    .values({"done": bindparam("now_done"), **{name: _SOURCES.c[name] + bindparam(f"more_{name}") for name in _SUMMED}})
)


def _sums(share: _Share) -> dict[str, int]:
    usage = sum((passage.usage for passage in share.passages), Usage())
    return {
        "source_id": share.claim.source_id,
        "now_done": share.done,
        "more_pairs": share.pairs,
        "more_refused": sum(passage.refused for passage in share.passages),
        "more_requests": usage.requests,
        "more_input_tokens": usage.input_tokens,
        "more_output_tokens": usage.output_tokens,
    }
