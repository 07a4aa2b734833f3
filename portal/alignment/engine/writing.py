"""Writing the files of training data: streamed from the database, so that memory stays the same however many pairs
there are."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Row, Select, literal, select

from portal.alignment.engine.claims import JobClaim, is_job_lost
from portal.alignment.engine.context import Context
from portal.alignment.engine.parquet import write_twin
from portal.alignment.engine.reporting import Report
from portal.alignment.engine.watching import Watch
from portal.alignment.generating.pairs import Cancelled
from portal.alignment.lines import Line, conversation, metadata_of
from portal.alignment.models import (
    AlignmentJob,
    AlignmentPassage,
    AlignmentSource,
    AlignmentType,
    PairState,
    TrainingPair,
)
from portal.database import AnySession, reading_part

AT_ONCE = 1_000
"""So many pairs are read at a time."""

_Facts = Row[AlignmentType, str, int]

BLOCK = 4 << 20
"""Bytes that go into the store between two looks whether they are still wanted."""


@dataclass(frozen=True)
class Written:
    """A file that was written here: `size` in bytes, `sha256` in hexadecimal."""

    path: Path
    size: int
    sha256: str


@dataclass(frozen=True)
class Writing:
    """What is written: files that show `version` of the job's pairs, of which there are `pairs`."""

    version: int
    pairs: int
    files: tuple[Written, Written]
    """As JSON Lines and as Parquet."""


def write(context: Context, claim: JobClaim, folder: Path) -> Writing:
    """Write the pairs that are kept as JSON Lines, and their twin, into `folder`. Raises Cancelled, OSError."""
    watch = Watch(lambda: is_job_lost(context.session, claim))
    lines, twin = folder / "pairs.jsonl", folder / "pairs.parquet"
    job = _facts(context.session, claim.job_id)
    pairs, sha256 = _write_lines(context, claim, job, lines)
    write_twin(lines, twin, metadata_of(job.alignment_type), watch.is_cancelled)
    return Writing(job.pairs_version, pairs, (Written(lines, lines.stat().st_size, sha256), _written(twin)))


def store(context: Context, claim: JobClaim, path: Path, key: str) -> None:
    """Take a file into the store. Raises Cancelled, OSError, OutOfReach."""
    watch = Watch(lambda: is_job_lost(context.session, claim))
    with path.open("rb") as source, context.storage.open(key, "wb") as target:
        while block := source.read(BLOCK):
            if watch.is_cancelled():
                raise Cancelled
            target.write(block)


def _write_lines(context: Context, claim: JobClaim, job: _Facts, path: Path) -> tuple[int, str]:
    """How many pairs they are, and the hash of the file."""
    report, digest, pairs = Report(context.session, claim), hashlib.sha256(), 0
    with path.open("wb") as file:
        for rows in _ranges(context.session, claim.job_id, job.alignment_type):
            text = b"".join(_line(row, job.alignment_type, job.system_prompt) for row in rows)
            file.write(text)
            digest.update(text)
            pairs += len(rows)
            report.done(pairs)
    return pairs, digest.hexdigest()


def _facts(session: AnySession, job_id: int) -> _Facts:
    """Of the job what its lines depend on. What is changed while they are written makes them be written again."""
    columns = AlignmentJob.alignment_type, AlignmentJob.system_prompt, AlignmentJob.pairs_version
    found = session.execute(select(*columns).where(AlignmentJob.id == job_id)).one_or_none()
    session.commit()
    if found is None:
        raise Cancelled
    return found


def _ranges(
    session: AnySession, job_id: int, alignment_type: AlignmentType
) -> Iterator[Sequence[Row[*tuple[Any, ...]]]]:
    query, after = _kept(job_id, with_passages=alignment_type == AlignmentType.CONTEXT_DATA), 0
    while True:
        with reading_part(session) as connection:
            rows = connection.execute(query.where(TrainingPair.position > after)).all()
        if not rows:
            return
        after = rows[-1].position
        yield rows


def _kept(job_id: int, *, with_passages: bool) -> Select[*tuple[Any, ...]]:
    """The pairs that go into the files, in their order, with the passages and documents that they rest on."""
    query = select(
        TrainingPair.position,
        TrainingPair.kind,
        TrainingPair.question,
        TrainingPair.answer,
        TrainingPair.start,
        TrainingPair.end,
        AlignmentPassage.headings,
        AlignmentPassage.start.label("passage_start"),
        AlignmentPassage.end.label("passage_end"),
        (AlignmentPassage.text if with_passages else literal("")).label("passage"),
        AlignmentSource.name,
        AlignmentSource.file_id,
    )
    joined = query.join(AlignmentPassage, AlignmentPassage.id == TrainingPair.passage_id)
    joined = joined.join(AlignmentSource, AlignmentSource.id == AlignmentPassage.source_id)
    of_job = TrainingPair.alignment_job_id == job_id, TrainingPair.state == PairState.KEPT
    return joined.where(*of_job).order_by(TrainingPair.position).limit(AT_ONCE)


def _line(row: Row[*tuple[Any, ...]], alignment_type: AlignmentType, system_prompt: str) -> bytes:
    metadata = {
        "file": row.name,
        "file_id": row.file_id,
        "headings": row.headings,
        "start": row.start,
        "end": row.end,
        "kind": row.kind,
        "passage_start": row.passage_start,
        "passage_end": row.passage_end,
    }
    line = Line(row.question, row.answer, row.passage, metadata)
    return to_json(conversation(line, alignment_type, system_prompt)) + b"\n"


def _written(path: Path) -> Written:
    with path.open("rb") as file:
        return Written(path, path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())
