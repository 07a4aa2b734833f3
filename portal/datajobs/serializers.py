"""Data jobs as JSON, in the shapes that programs rely on. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from portal.alignment.shapes import AlignmentShape
from portal.datajobs.models import DataJob, FileRecord, IngestionJob
from portal.datajobs.queries import IngestionOutcome, JobFile
from portal.datajobs.shapes import (
    DataJobDetailShape,
    DataJobFileShape,
    DataJobShape,
    FileCountsShape,
    FileRecordShape,
    IngestionJobShape,
    IngestionShape,
    TimelineEventShape,
)
from portal.datajobs.statuses import FileCounts, data_job_status, ingestion_job_status, prerequisites
from portal.datajobs.wording import status_message
from portal.lifecycle import FileRecordStatus
from portal.timeline import Event
from portal.web.filters import iso


def data_job_shape(job: DataJob, counts: FileCounts) -> DataJobShape:
    """A data job as an entry of a list."""
    return {
        "id": job.id,
        "user_id": str(job.user_id),
        "team_id": None,
        "name": job.name,
        "description": job.description,
        "job_type": job.job_type,
        "alignment_job_id": job.alignment.public_id if job.alignment else None,
        "origin_data_job_id": job.origin_data_job_id,
        "deleted": False,
        "created_at": iso(job.created_at),
        "updated_at": iso(max(job.updated_at, job.alignment.updated_at) if job.alignment else job.updated_at),
        "status": data_job_status(job.job_type, job.system_prompt, counts, job.alignment_status),
        "status_message": status_message(job, counts),
        "system_prompt": job.system_prompt,
        "system_prompt_updated_at": _time(job.system_prompt_updated_at),
        "instructions": job.instructions,
        "instructions_updated_at": _time(job.instructions_updated_at),
        "resolved_instructions": job.instructions,
        "file_counts": _counts_shape(counts),
    }


def data_job_detail(
    job: DataJob,
    counts: FileCounts,
    *,
    ingestion_jobs: Sequence[IngestionJob],
    files: Sequence[JobFile],
    created: Mapping[str, datetime],
    events: Sequence[Event],
    alignment: AlignmentShape | None,
) -> DataJobDetailShape:
    """A data job with all that belongs to it. `created` are the times at which its files came into the library, by id
    of the file; `alignment` is that which it was started with."""
    return {
        **data_job_shape(job, counts),
        "prerequisites": [
            {"key": needed.key, "is_met": needed.is_met}
            for needed in prerequisites(job.job_type, job.system_prompt, counts)
        ],
        "additional_alignment_file_ids": [file.file.file_id for file in files if file.record is None],
        "ingestion_jobs": _ingestion_job_shapes(ingestion_jobs, files),
        "alignment_job": alignment,
        "files": [job_file_shape(file, created.get(file.file.file_id)) for file in files],
        "fine_tuning_job_ids": [],
        "timeline": [_event_shape(event) for event in sorted(events, key=lambda event: (event.created_at, event.id))],
    }


def job_file_shape(file: JobFile, created_at: datetime | None) -> DataJobFileShape:
    """A file of a data job, which came into the library at `created_at`."""
    record = file.record
    return {
        "file_id": file.file.file_id,
        "record_id": record.public_id if record else None,
        "name": file.file.name,
        "type": file.file.kind,
        "created_at": _time(created_at),
        "added_at": iso(file.file.added_at),
        "size": file.file.size,
        "method": record.method if record else None,
        "status": record.status if record else None,
        "queue_position": file.queue_position,
        "error_message": record.error_message if record else None,
        "suggested_fix": record.suggested_fix if record else None,
        "result_file_id": record.result_file_id if record else None,
        "notes": record.notes if record else file.file.notes,
    }


def ingestion_shape(job: IngestionJob, outcome: IngestionOutcome) -> IngestionShape:
    """An ingestion job as an entry of a list."""
    return {
        "id": job.id,
        "data_job_id": job.data_job_id,
        "created_at": iso(job.created_at),
        "updated_at": iso(job.updated_at),
        "status": ingestion_job_status(outcome.statuses),
        "method": job.method,
        "output_files": outcome.result_file_ids,
        "file_records": None,
    }


def ingestion_detail(
    job: IngestionJob, records: Sequence[FileRecord], queue_positions: Mapping[int, int]
) -> IngestionShape:
    """An ingestion job with its records. `queue_positions` are the places of those that wait, by id of the record."""
    outcome = IngestionOutcome.of(records)
    shapes = [record_shape(record, queue_positions.get(record.id)) for record in records]
    return {**ingestion_shape(job, outcome), "file_records": shapes}


def record_shape(record: FileRecord, queue_position: int | None) -> FileRecordShape:
    """The conversion of one file."""
    is_running = record.status == FileRecordStatus.RUNNING
    return {
        "record_id": record.public_id,
        "ingestion_job_id": record.ingestion_job_id,
        "alignment_file_id": record.file_id,
        "user_id": str(record.user_id),
        "team_id": None,
        "filename": record.filename,
        "metaflow_job_id": None,
        "method": record.method,
        "status": record.status,
        "queue_position": queue_position,
        "error_message": record.error_message,
        "suggested_fix": record.suggested_fix,
        "worker_id": record.worker if is_running else None,
        "deleted": record.deleted,
        "created_at": iso(record.created_at),
        "processing_at": _time(record.processing_at),
        "completed_at": _time(record.completed_at),
        "failed_at": _time(record.failed_at),
        "result_file_id": record.result_file_id,
        "pages": record.pages,
        "notes": record.notes,
    }


def _counts_shape(counts: FileCounts) -> FileCountsShape:
    return {**asdict(counts), "total": counts.total, "usable": counts.usable}  # type: ignore[typeddict-item]


def _ingestion_job_shapes(jobs: Sequence[IngestionJob], files: Sequence[JobFile]) -> list[IngestionJobShape]:
    records: dict[str, list[FileRecordShape]] = {job.id: [] for job in jobs}
    for file in files:
        if file.record and file.record.ingestion_job_id in records:
            records[file.record.ingestion_job_id].append(record_shape(file.record, file.queue_position))
    return [_ingestion_job_shape(job, records[job.id]) for job in jobs]


def _ingestion_job_shape(job: IngestionJob, records: list[FileRecordShape]) -> IngestionJobShape:
    return {
        "id": job.id,
        "status": ingestion_job_status(record["status"] for record in records),
        "method": job.method,
        "created_at": iso(job.created_at),
        "updated_at": iso(job.updated_at),
        "file_ids": [record["alignment_file_id"] for record in records],
        "records": records,
    }


def _event_shape(event: Event) -> TimelineEventShape:
    return {
        "timestamp": iso(event.created_at),
        "event_type": event.event_type,
        "message": event.message,
        "metadata": event.details,
        "actor": event.actor_label,
    }


def _time(value: datetime | None) -> str | None:
    return iso(value) if value else None
