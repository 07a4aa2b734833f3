"""Taking the files of training data into the library: as new ones, or in the place of what they were before."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import select

from portal.alignment.engine import milestones, settling
from portal.alignment.engine.claims import JobClaim, hold_job
from portal.alignment.engine.context import Context
from portal.alignment.engine.writing import Writing, store
from portal.alignment.generating.pairs import Cancelled
from portal.alignment.models import AlignmentJob, StepKey
from portal.database import AnySession, utcnow, writing
from portal.documents.kinds import Kind
from portal.errors import OutOfReach
from portal.files.models import FilePurpose, StoredFile
from portal.files.recognising import PARQUET
from portal.files.storage import Storage
from portal.lifecycle import AlignmentStatus, move

log = logging.getLogger(__name__)

KINDS = (Kind.JSONL, PARQUET)
"""What the files are, in the order in which they are named everywhere here."""


def hand_over(context: Context, claim: JobClaim, made: Writing) -> None:
    """Take the files into the store and the library, and end the job with it. Raises Cancelled, OSError, OutOfReach;
    then nothing of them stays."""
    keys, outdated = keys_of(claim.job_id, claim.attempt), []
    with _nothing_left_behind(context.storage, keys):
        for key, file in zip(keys, made.files, strict=True):
            store(context, claim, file.path, key)
        with writing(context.session):
            hold_job(context.session, claim)
            job = context.session.get_one(AlignmentJob, claim.job_id, populate_existing=True)
            if claim.is_complete:
                outdated = _replace(context.session, job, keys, made)
            else:
                _complete(context.session, job, keys, made)
            job.written_version, job.pauses = made.version, 0
            job.worker = job.lease_expires_at = None
    remove(context.storage, outdated)


def keys_of(job_id: int, attempt: int) -> tuple[str, str]:
    """Where the store has what an attempt has made: JSON Lines and Parquet."""
    return f"aligned/{job_id}/{attempt}.jsonl", f"aligned/{job_id}/{attempt}.parquet"


def remove(storage: Storage, keys: Collection[str]) -> None:
    """Remove what nothing refers to. Where the store is away it stays there, which the log says."""
    for key in keys:
        try:
            storage.delete(key)
        except (OSError, OutOfReach) as error:
            log.warning("%s stays in the store, though nothing refers to it: %s", key, error)


def remove_unwanted(session: AnySession, storage: Storage, keys: Collection[str]) -> None:
    """Remove what a worker that is gone had put into the store, unless the library has it: it may have died just
    after."""
    known = set(session.scalars(select(StoredFile.storage_key).where(StoredFile.storage_key.in_(keys))))
    session.commit()
    remove(storage, [key for key in keys if key not in known])


@contextmanager
def _nothing_left_behind(storage: Storage, keys: Collection[str]) -> Iterator[None]:
    """Not for what goes wrong with the database: it may have taken the files in all the same."""
    try:
        yield
    except (Cancelled, OSError, OutOfReach):
        remove(storage, keys)
        raise


def _complete(session: AnySession, job: AlignmentJob, keys: Sequence[str], made: Writing) -> None:
    name, now = f"training-data-{job.public_id.removeprefix('al-')[:8]}", utcnow()
    jsonl, parquet = (
        StoredFile(
            name=f"{name}.{kind}",
            size=file.size,
            sha256=file.sha256,
            user_id=job.user_id,
            storage_key=key,
            purpose=FilePurpose.FINE_TUNE,
            kind=kind,
        )
        for key, file, kind in zip(keys, made.files, KINDS, strict=True)
    )
    session.add_all([jsonl, parquet])
    session.flush()
    job.jsonl_file_id, job.parquet_file_id = jsonl.id, parquet.id
    session.flush()
    move(session, AlignmentJob, job.id, AlignmentStatus.COMPLETED, stopped_at=now, updated_at=now)
    session.refresh(job)
    settling.end_step(session, job.id, StepKey.WRITING)
    milestones.note_completed(session, job, made.pairs)


def _replace(session: AnySession, job: AlignmentJob, keys: Sequence[str], made: Writing) -> list[str]:
    """The keys of what the files were before."""
    files = [session.get_one(StoredFile, file_id) for file_id in (job.jsonl_file_id, job.parquet_file_id)]
    outdated = [file.storage_key for file in files]
    for stored, key, file in zip(files, keys, made.files, strict=True):
        stored.storage_key, stored.size, stored.sha256 = key, file.size, file.sha256
    job.updated_at = utcnow()
    milestones.note_written_again(session, job, made.pairs)
    return outdated
