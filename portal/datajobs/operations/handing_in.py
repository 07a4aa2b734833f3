"""Handing files in: what each is found to be before, and what becomes of it in the job."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import timeline
from portal.accounts.models import User
from portal.accounts.permissions import can_see
from portal.database import utcnow
from portal.datajobs.engine import milestones
from portal.datajobs.engine.settling import words_of
from portal.datajobs.models import DataJob, DataJobFile, FileRecord, IngestionJob
from portal.datajobs.operations.changing import Change
from portal.datajobs.operations.queueing import queue_again
from portal.datajobs.operations.taking_out import take_out
from portal.datajobs.wording import listing
from portal.documents.failures import EMPTY, NOT_FOUND, UNSUPPORTED, ConversionFailed, Failure
from portal.documents.kinds import Kind
from portal.documents.methods import Method
from portal.extensions import db
from portal.files.models import StoredFile
from portal.files.operations import hold
from portal.files.storage import storage
from portal.lifecycle import FileRecordStatus

READ_AT_ONCE = 8 << 20
"""Bytes of Markdown that are read through while the person waits; a worker sees to what is longer, as to any other
document."""


@dataclass(frozen=True)
class Wanted:
    """A file that is to be in a job, with what is known without converting it: that it can't be (`failure`), or, of
    Markdown that can be used as it is (`is_ready`), what is advised (`notes`). `file` is None where there is none, or
    none that the person may see."""

    file_id: str
    file: StoredFile | None
    failure: Failure | None = None
    notes: list[str] = field(default_factory=list)
    is_ready: bool = False

    @property
    def name(self) -> str:
        return self.file.name if self.file else self.file_id


@dataclass
class Handed:
    """What became of files that were handed in: their names by that. `waiting` are those to be converted."""

    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    retried: list[str] = field(default_factory=list)
    there_before: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    waiting: int = 0
    told: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """The ids of the files that the timeline is told of, by the type of the event."""


def look_at(file_ids: Sequence[str], actor: User) -> list[Wanted]:
    """What can be known of these files before they are handed in. Reads Markdown through, so it belongs before the
    transaction. Raises OutOfReach when the store is away."""
    query = select(StoredFile).where(StoredFile.id.in_(file_ids), StoredFile.purpose.is_not(None))
    found = {file.id: file for file in db.session.scalars(query) if can_see(actor, file.user_id)}
    return [_look_at(file_id, found.get(file_id)) for file_id in file_ids]


def hand_in(change: Change, wanted: Sequence[Wanted], method: Method, *, actor: User) -> Handed:
    """Put the files into the job that is being changed."""
    job = change.job
    wanted = still_there(wanted)
    query = select(DataJobFile).where(DataJobFile.data_job_id == job.id).options(joinedload(DataJobFile.record))
    there = {file.file_id: file for file in db.session.scalars(query)}
    handed, ingestion = Handed(), Ingestion(job, method, actor)
    _again([there[file.file_id] for file in wanted if file.file_id in there], method, handed)
    new = [file for file in wanted if file.file_id not in there]
    asked_for = {file.file_id for file in wanted}
    places = _places(new, [file for file in there.values() if file.file_id not in asked_for])
    take_out(change, list(places.values()), keep_place=True)
    for file in new:
        replaced = places.get(file.file_id)
        place = put_in(change, file, ingestion, place=replaced)
        (handed.replaced if replaced else handed.added).append(file.name)
        handed.told["File Replaced" if replaced else "Files Added"].append(file.file_id)
        handed.waiting += place.record is not None and place.record.is_active
        if file.failure:
            handed.failed.append(file.name)
    _say(job, handed, actor)
    ingestion.close()
    return handed


def still_there(wanted: Sequence[Wanted]) -> list[Wanted]:
    """The same files, those as missing that were deleted since they were looked at. The others stay until the running
    transaction ends, after which they are known to be in use."""
    present = hold([file.file_id for file in wanted if file.file])
    # All at once: the beginning of the transaction has made the session forget what they are.
    db.session.scalars(select(StoredFile).where(StoredFile.id.in_(present))).all()
    return [file if file.file_id in present else Wanted(file.file_id, None, NOT_FOUND) for file in wanted]


class Ingestion:
    """The ingestion job of what is handed in together, for a data job or by itself, made with its first record."""

    def __init__(self, job: DataJob | None, method: Method, actor: User) -> None:
        self.method, self.actor = method, actor
        self._data_job_id = job.id if job else None
        self._owner_id = job.user_id if job else actor.id
        self._made: IngestionJob | None = None
        self._failed: list[FileRecord] = []

    def add(self, wanted: Wanted) -> FileRecord:
        """A new record: queued, or with its outcome where that is known."""
        file, now = wanted.file, utcnow()
        record = FileRecord(
            ingestion_job_id=self._id(),
            data_job_id=self._data_job_id,
            user_id=self.actor.id,
            file_id=wanted.file_id,
            filename=wanted.name,
            kind=file.kind if file else None,
            size=file.size if file else None,
            method=self.method,
            created_at=now,
            queued_at=now,
            **_known_of(wanted, now),
        )
        db.session.add(record)
        if wanted.failure:
            self._failed.append(record)
        return record

    def close(self) -> None:
        """Say what has failed already, and that it has ended, if none of its files needs a worker."""
        db.session.flush()  # records are told of by their ids
        for record in self._failed:
            milestones.note_failure(db.session, record)
        if self._made:
            milestones.note_end(db.session, self._made.id)

    def _id(self) -> str:
        if self._made is None:
            self._made = IngestionJob(data_job_id=self._data_job_id, user_id=self._owner_id, method=self.method)
            db.session.add(self._made)
            db.session.flush()
        return self._made.id


def _known_of(wanted: Wanted, now: datetime) -> dict[str, Any]:
    """How far a record is that begins now: what can't be converted has failed, Markdown is its own result."""
    if wanted.failure:
        return {"status": FileRecordStatus.FAILED, "failed_at": now, **words_of(wanted.failure)}
    if wanted.is_ready:
        done = {"result_file_id": wanted.file_id, "notes": wanted.notes}
        return {"status": FileRecordStatus.COMPLETED, "completed_at": now, **done}
    return {"status": FileRecordStatus.QUEUED}


def put_in(change: Change, wanted: Wanted, ingestion: Ingestion, *, place: DataJobFile | None = None) -> DataJobFile:
    """Put a file into the job, in the place of another where one is given, which must be taken out."""
    if place is None:
        place = DataJobFile(data_job_id=change.job.id)
        db.session.add(place)
    place.file_id, place.name, place.notes = wanted.file_id, wanted.name, wanted.notes
    place.kind = wanted.file.kind if wanted.file else None
    place.size = wanted.file.size if wanted.file else None
    place.record = None if wanted.is_ready else ingestion.add(wanted)
    return place


def _look_at(file_id: str, file: StoredFile | None) -> Wanted:
    if file is None:
        return Wanted(file_id, None, NOT_FOUND)
    if file.size == 0:
        return Wanted(file_id, file, EMPTY)
    if file.kind not in set(Kind):
        return Wanted(file_id, file, UNSUPPORTED)
    if file.kind != Kind.MARKDOWN or file.size > READ_AT_ONCE:
        return Wanted(file_id, file)
    try:
        return Wanted(file_id, file, notes=_check_markdown(file), is_ready=True)
    except ConversionFailed as error:
        return Wanted(file_id, file, error.failure)
    except FileNotFoundError:
        return Wanted(file_id, file, NOT_FOUND)


def _check_markdown(file: StoredFile) -> list[str]:
    from portal.documents.texts.md import check  # only where there is Markdown to check

    folder: Path = current_app.config["PORTAL"].data_dir / "incoming"
    with storage().at_hand(file.storage_key, folder) as path:
        return check(path)


def _again(places: Sequence[DataJobFile], method: Method, handed: Handed) -> None:
    """Files that the job has: those that wait for a person are queued again, all at once."""
    waiting = [place for place in places if place.record and place.record.is_open]
    handed.there_before = [place.name for place in places if place not in waiting]
    if waiting:
        queue_again([place.record for place in waiting if place.record], method)
        handed.retried = [place.name for place in waiting]
        handed.told["File Retried"] = [place.file_id for place in waiting]
        handed.waiting = len(waiting)


def _places(new: Sequence[Wanted], others: Sequence[DataJobFile]) -> dict[str, DataJobFile]:
    """Whose places the new files take, by the ids of these: of those with their names that wait for a person."""
    by_name = {file.name: file for file in others if file.record and file.record.is_open}
    return {file.file_id: by_name.pop(file.name) for file in new if file.name in by_name}


def _say(job: DataJob, handed: Handed, actor: User) -> None:
    for names, event, words in (
        (handed.added, "Files Added", "added"),
        (handed.replaced, "File Replaced", "put in the place of one with the same name that had failed"),
        (handed.retried, "File Retried", "queued again"),
    ):
        if names:
            message = f"{listing(names)} {words}."
            timeline.record(db.session, "data_job", job.id, event, message, actor=actor, file_ids=handed.told[event])
