"""Taking files out of a job: their records count for nothing any more, and what is at work on them stops."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, update

from portal.datajobs.engine import milestones
from portal.datajobs.engine.settling import FREE, folder_of
from portal.datajobs.models import DataJobFile, FileRecord
from portal.datajobs.operations.changing import Change
from portal.datajobs.operations.queueing import lock_jobs
from portal.extensions import db
from portal.lifecycle import FileRecordStatus, may_become


def take_out(change: Change, files: Sequence[DataJobFile], *, keep_place: bool = False) -> None:
    """Drop the records of these files, and the files, unless their place is for others."""
    if not files:
        return
    records = [file.record for file in files if file.record]
    ids = [record.id for record in records]
    lock_jobs(records)
    change.unfinished += [folder_of(record.id) for record in records if record.is_unfinished]
    drop = update(FileRecord).where(FileRecord.id.in_(ids))
    db.session.execute(drop.where(may_become(FileRecord, FileRecordStatus.CANCELLED)).values(**STOPPED))
    change.unused += [record.result_file_id for record in records if record.result_file_id]
    db.session.execute(drop.values(deleted=True, result_file_id=None))
    places = [file.id for file in files]
    if keep_place:
        db.session.execute(update(DataJobFile).where(DataJobFile.id.in_(places)).values(record_id=None))
    else:
        db.session.execute(delete(DataJobFile).where(DataJobFile.id.in_(places)))
    for ingestion_job_id in sorted({record.ingestion_job_id for record in records}):
        milestones.note_end(db.session, ingestion_job_id)


STOPPED = {"status": FileRecordStatus.CANCELLED, **FREE}
"""What a record has that was queued or running and no longer is."""
