"""The end of one conversion: its Markdown is kept, or the record says why there is none, or it pauses."""

from __future__ import annotations

from datetime import timedelta
from pathlib import PurePath
from typing import Any

from sqlalchemy import select

from portal.database import utcnow, writing
from portal.datajobs.engine import milestones
from portal.datajobs.engine.claims import Claim, fenced
from portal.datajobs.engine.context import Context
from portal.datajobs.models import FileRecord, IngestionJob
from portal.documents.child.children import Converted
from portal.documents.failures import Failure
from portal.documents.kinds import Kind
from portal.files.models import FilePurpose, StoredFile
from portal.lifecycle import FileRecordStatus

FREE: dict[str, Any] = {"worker": None, "lease_expires_at": None}
"""What a record that nobody holds has in the columns of a claim."""

PAUSES = (timedelta(seconds=5), timedelta(seconds=20), timedelta(seconds=60))
"""How long a record waits while something that it needs is away, before people are told; none is longer than
`claims.LONGEST_PAUSE`."""


def complete(context: Context, claim: Claim, converted: Converted) -> None:
    """Keep the Markdown as a file of the library, made from the original. Raises OSError when the store is away."""
    session = context.session
    key = _key(claim, claim.attempt)
    context.storage.put(str(converted.path), key)
    values = {"completed_at": utcnow(), "pages": converted.pages, "notes": list(converted.notes)}
    with writing(session):
        record = _settle(context, claim, FileRecordStatus.COMPLETED, **values)
        if record is not None:
            owner_id = session.get_one(IngestionJob, claim.ingestion_job_id).user_id
            result = _result_of(record, owner_id, converted, key)
            session.add(result)
            session.flush()
            record.result_file_id = result.id
            milestones.note_end(session, claim.ingestion_job_id)
    # Workers that held the record before may have died when they had put theirs there.
    unwanted = [key] if record is None else [_key(claim, earlier) for earlier in range(1, claim.attempt)]
    for unwanted_key in unwanted:
        context.storage.delete(unwanted_key)


def fail(context: Context, claim: Claim, failure: Failure) -> None:
    """Say why there is no Markdown."""
    with writing(context.session):
        record = _settle(context, claim, FileRecordStatus.FAILED, failed_at=utcnow(), **words_of(failure))
        if record is not None:
            milestones.note_failure(context.session, record)
            milestones.note_end(context.session, claim.ingestion_job_id)


def pause(context: Context, claim: Claim) -> bool:
    """Have the record wait for what is away; False when it has waited often enough."""
    pauses = context.session.scalar(select(FileRecord.pauses).where(FileRecord.id == claim.record_id))
    if pauses is None or pauses >= len(PAUSES):
        return False
    with writing(context.session):
        context.session.execute(
            fenced(claim).values(
                status=FileRecordStatus.QUEUED,
                queued_at=utcnow() + PAUSES[pauses],
                pauses=FileRecord.pauses + 1,
                **FREE,
            )
        )
    return True


def words_of(failure: Failure) -> dict[str, str]:
    """What a record keeps of a failure."""
    return {"error_key": failure.key, "error_message": failure.message, "suggested_fix": failure.fix}


def folder_of(record_id: int) -> str:
    """Where the store has the Markdown of a record, and what workers put there that died before they could say so."""
    return f"converted/{record_id}"


def _key(claim: Claim, attempt: int) -> str:
    return f"{folder_of(claim.record_id)}/{attempt}.md"


def _settle(context: Context, claim: Claim, status: FileRecordStatus, **values: Any) -> FileRecord | None:
    """End the claimed record; None when the claim was lost before."""
    session = context.session
    milestones.lock(session, claim.ingestion_job_id)
    settled = fenced(claim).values(status=status, **FREE, **values).returning(FileRecord)
    record = session.scalar(settled, execution_options={"populate_existing": True})
    if record is not None:
        milestones.touch(session, record.data_job_id)
    return record


def _result_of(record: FileRecord, owner_id: int, converted: Converted, key: str) -> StoredFile:
    return StoredFile(
        name=f"{PurePath(record.filename).stem[:250]}.md",
        size=converted.size,
        sha256=converted.sha256,
        user_id=owner_id,
        storage_key=key,
        purpose=FilePurpose.ALIGNMENT,
        kind=Kind.MARKDOWN,
        origin_file_id=record.file_id,
    )
