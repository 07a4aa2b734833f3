"""The files of a data job in its clone, each as far as it has come."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.database import utcnow
from portal.datajobs.models import DataJob, DataJobFile, FileRecord, IngestionJob
from portal.datajobs.operations.queueing import QUEUED
from portal.extensions import db
from portal.files.operations import hold


def copy_files(original: DataJob, clone: DataJob) -> int:
    """Put copies of the files of a job, which must be locked, into its clone; returns how many of them wait to be
    converted."""
    query = select(DataJobFile).where(DataJobFile.data_job_id == original.id).options(joinedload(DataJobFile.record))
    query = query.order_by(DataJobFile.id).execution_options(populate_existing=True)
    files = db.session.scalars(query).all()
    records = [file.record for file in files if file.record]
    # All at once, in the order in which others lock them: a copy that refers to each in turn could wait for ever.
    hold([record.result_file_id for record in records if record.result_file_id])
    copies = _copied(records, clone)
    for file in files:
        copied = {name: getattr(file, name) for name in ("file_id", "name", "kind", "size", "notes")}
        record = copies[file.record_id] if file.record_id else None
        db.session.add(DataJobFile(data_job_id=clone.id, record=record, **copied))
    return sum(copy.is_active for copy in copies.values())


def _copied(records: Sequence[FileRecord], clone: DataJob) -> dict[int, FileRecord]:
    """The copies by the ids of their originals."""
    ingestions = {record.method: _ingestion(record.method, records, clone) for record in records}
    db.session.add_all(ingestions.values())
    db.session.flush()
    return {record.id: _copy(record, ingestions[record.method], clone) for record in records}


def _ingestion(method: str, records: Sequence[FileRecord], clone: DataJob) -> IngestionJob:
    waits = any(record.is_active for record in records if record.method == method)
    # Where nothing waits, nothing ends in the clone: its timeline must not say so when a file is removed, say.
    finished_at = None if waits else utcnow()
    return IngestionJob(data_job_id=clone.id, user_id=clone.user_id, method=method, finished_at=finished_at)


def _copy(record: FileRecord, ingestion: IngestionJob, clone: DataJob) -> FileRecord:
    copied = {name: getattr(record, name) for name in COPIED} | (QUEUED if record.is_active else {})
    copy = FileRecord(ingestion_job_id=ingestion.id, data_job_id=clone.id, **copied)
    db.session.add(copy)
    return copy


COPIED = (
    "user_id",
    "file_id",
    "filename",
    "kind",
    "size",
    "method",
    "status",
    "error_key",
    "error_message",
    "suggested_fix",
    "result_file_id",
    "pages",
    "notes",
    "processing_at",
    "completed_at",
    "failed_at",
)
"""What a copy of a record has of it; one that waits or is being converted waits anew."""
