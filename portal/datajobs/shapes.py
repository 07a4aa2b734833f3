"""Data jobs in JSON: the shapes that programs rely on, which are those of the public client. The OpenAPI document is
made from them."""

from __future__ import annotations

from typing import Any, Literal

from typing_extensions import TypedDict

from portal.alignment.shapes import AlignmentShape
from portal.datajobs.models import DataJobType
from portal.lifecycle import AlignmentStatus, DataJobStatus, FileRecordStatus, IngestionJobStatus


class FileRecordShape(TypedDict):
    """The conversion of one file. `alignment_file_id` is the file, `result_file_id` the Markdown that it became.
    `queue_position` is its place in the queue of the whole portal, from 1, while it waits there; `worker_id` who
    converts it. `pages` is null for what has none, `notes` say what is worth knowing of the result. `team_id` and
    `metaflow_job_id` are for the public client, and always null."""

    record_id: str
    ingestion_job_id: str
    alignment_file_id: str
    user_id: str
    team_id: None
    filename: str
    metaflow_job_id: None
    method: str
    status: FileRecordStatus
    queue_position: int | None
    error_message: str | None
    suggested_fix: str | None
    worker_id: str | None
    deleted: bool
    created_at: str
    processing_at: str | None
    completed_at: str | None
    failed_at: str | None
    result_file_id: str | None
    pages: int | None
    notes: list[str]


class IngestionShape(TypedDict):
    """Files that were handed in together to be converted. `output_files` are the ids of the Markdown files that they
    became; `file_records` are null in a list."""

    id: str
    data_job_id: str | None
    created_at: str
    updated_at: str
    status: IngestionJobStatus
    method: str
    output_files: list[str]
    file_records: list[FileRecordShape] | None


class IngestionJobShape(TypedDict):
    """The same within its data job."""

    id: str
    status: IngestionJobStatus
    method: str
    created_at: str
    updated_at: str
    file_ids: list[str]
    records: list[FileRecordShape]


class DataJobFileShape(TypedDict):
    """A file of a data job. Markdown has no record: it is used as it is. `created_at` is when the file came into the
    library, null where it isn't there; `added_at` when it came into the job."""

    file_id: str
    record_id: str | None
    name: str
    type: str | None
    created_at: str | None
    added_at: str
    size: int | None
    method: str | None
    status: FileRecordStatus | None
    queue_position: int | None
    error_message: str | None
    suggested_fix: str | None
    result_file_id: str | None
    notes: list[str]


class TimelineEventShape(TypedDict):
    """One entry of a timeline; `actor` is who did it, null where the portal itself did."""

    timestamp: str
    event_type: str
    message: str
    metadata: dict[str, Any]
    actor: str | None


class FileCountsShape(TypedDict):
    """How many files of a data job are in which state; `ready` are those of Markdown, `usable` those and the
    `completed` ones."""

    total: int
    usable: int
    ready: int
    queued: int
    running: int
    completed: int
    failed: int
    cancelled: int


class PrerequisiteShape(TypedDict):
    """One thing that must be so before a data job can start."""

    key: str
    is_met: bool


class DataJobShape(TypedDict):
    """A set of documents that becomes training data. `status_message` says in words what is needed;
    `resolved_instructions` are those that alignment follows. `team_id` is for the public client, and always null."""

    id: str
    user_id: str
    team_id: None
    name: str
    description: str | None
    job_type: DataJobType
    alignment_job_id: str | None
    origin_data_job_id: str | None
    deleted: Literal[False]
    created_at: str
    updated_at: str
    status: DataJobStatus | AlignmentStatus
    status_message: str
    system_prompt: str | None
    system_prompt_updated_at: str | None
    instructions: str | None
    instructions_updated_at: str | None
    resolved_instructions: str | None
    file_counts: FileCountsShape


class DataJobDetailShape(DataJobShape):
    """The same with all that belongs to it. `additional_alignment_file_ids` are the files of Markdown that were put in
    as they are; `prerequisites` are the list of what must be so before the start. `alignment_job` is the alignment that
    it was started with, whose status is then that of the data job."""

    prerequisites: list[PrerequisiteShape]
    additional_alignment_file_ids: list[str]
    ingestion_jobs: list[IngestionJobShape]
    alignment_job: AlignmentShape | None
    files: list[DataJobFileShape]
    fine_tuning_job_ids: list[str]
    timeline: list[TimelineEventShape]
