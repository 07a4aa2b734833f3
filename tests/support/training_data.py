"""Training data as if the engine had made it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from portal import timeline
from portal.alignment.generating.pairs import PairKind, digest_of
from portal.alignment.models import (
    PAIRS_OF_A_SOURCE,
    AlignmentJob,
    AlignmentPassage,
    AlignmentSource,
    AlignmentStep,
    AlignmentType,
    PairState,
    StepKey,
    TrainingPair,
)
from portal.database import utcnow, writing
from portal.extensions import db
from portal.files.models import FilePurpose, StoredFile
from portal.lifecycle import AlignmentSourceStatus, AlignmentStatus
from tests.support.job_lab import JobLab

PASSAGE = "Leave is granted by the lead. Every colleague has 25 days of leave a year."
ANSWER = "25 days of leave a year"


class TrainingDataLab(JobLab):
    """Documents are called `1.md`, `2.md` ...; each has a passage under *Handbook*, *Leave*, on which pairs rest."""

    def made(
        self,
        *documents: Sequence[str],
        status: AlignmentStatus = AlignmentStatus.COMPLETED,
        data_job_id: str | None = None,
        **values: Any,
    ) -> str:
        """Training data with the questions of each document; the last kind of an answer is that of a definition."""
        now = utcnow()
        job = AlignmentJob(
            data_job_id=data_job_id,
            user_id=self.user_id,
            **{
                "alignment_type": AlignmentType.PRINCIPLE,
                "system_prompt": "You are kind.",
                "instructions": "",
                "status": status,
                "started_at": now,
                "stopped_at": now if status in ("completed", "failed", "cancelled") else None,
                "steps": _steps(status),
            }
            | values,
        )
        with writing(db.session):
            db.session.add(job)
            db.session.flush()
            for number, questions in enumerate(documents, 1):
                self._add_source(job, number, questions)
            text = "The making of training data was started."
            timeline.record(db.session, "alignment_job", job.public_id, "Alignment Started", text)
        if status == AlignmentStatus.COMPLETED:
            self._keep_files(job)
        return job.public_id

    def job_of(self, public_id: str) -> AlignmentJob:
        db.session.rollback()
        return db.session.scalars(select(AlignmentJob).where(AlignmentJob.public_id == public_id)).one()

    def pairs(self, public_id: str) -> list[TrainingPair]:
        """All pairs, in their order, as they are now."""
        query = select(TrainingPair).where(TrainingPair.alignment_job_id == self.job_of(public_id).id)
        query = query.order_by(TrainingPair.position).execution_options(populate_existing=True)
        return list(db.session.scalars(query))

    def set_pair(self, public_id: str, position: int, **values: Any) -> None:
        with writing(db.session):
            pair = self.pairs(public_id)[position]
            for name, value in values.items():
                setattr(pair, name, value)

    def events_of(self, public_id: str) -> list[str]:
        return [event.event_type for event in timeline.events_of(db.session, "alignment_job", public_id)]

    def files_are_written(self, public_id: str) -> None:
        """As if a worker had brought the files up to date."""
        self.write("UPDATE alignment_jobs SET written_version = pairs_version WHERE public_id = :id", id=public_id)

    def _add_source(self, job: AlignmentJob, number: int, questions: Sequence[str]) -> None:
        values = {"status": AlignmentSourceStatus.DONE, "pairs": len(questions), "size": 1_234}
        source = AlignmentSource(
            alignment_job_id=job.id, number=number, file_id=f"file-{number}", name=f"{number}.md", **values
        )
        db.session.add(source)
        db.session.flush()
        about = {"headings": ["Handbook", "Leave"], "start": 100, "end": 100 + len(PASSAGE), "text": PASSAGE}
        passage = AlignmentPassage(source_id=source.id, number=1, **about)
        db.session.add(passage)
        db.session.flush()
        for position, question in enumerate(questions, number * PAIRS_OF_A_SOURCE + 1):
            db.session.add(_pair(job, passage, position, question))

    def _keep_files(self, job: AlignmentJob) -> None:
        ids = [self.file(f"training.{kind}", "{}\n") for kind in ("jsonl", "parquet")]
        with writing(db.session):
            for file_id, kind in zip(ids, ("jsonl", "parquet"), strict=True):
                file = db.session.get_one(StoredFile, file_id)
                file.purpose, file.kind = FilePurpose.FINE_TUNE, kind
            job.jsonl_file_id, job.parquet_file_id = ids


def _steps(status: AlignmentStatus) -> list[AlignmentStep]:
    """Of one that runs, half of the Markdown is done."""
    ended = utcnow() if status == AlignmentStatus.COMPLETED else None
    return [
        AlignmentStep(number=number, key=key, total=total, done=(total or 0) if ended else done, finished_at=ended)
        for number, (key, total, done) in enumerate(
            ((StepKey.GENERATING, 2_468, 1_234), (StepKey.DEDUPLICATING, None, 0), (StepKey.WRITING, None, 0)), 1
        )
    ]


def _pair(job: AlignmentJob, passage: AlignmentPassage, position: int, question: str) -> TrainingPair:
    start = passage.start + PASSAGE.index(ANSWER)
    return TrainingPair(
        alignment_job_id=job.id,
        passage_id=passage.id,
        position=position,
        kind=PairKind.DEFINITION if "definition" in question else PairKind.SECTION,
        question=question,
        answer=ANSWER,
        start=start,
        end=start + len(ANSWER),
        digest=digest_of(question, ANSWER),
        state=PairState.KEPT,
    )
