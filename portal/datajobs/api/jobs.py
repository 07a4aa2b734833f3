"""Data jobs, one and many."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from portal.accounts.access import current_actor
from portal.accounts.permissions import reader
from portal.api.endpoint import endpoint
from portal.api.flow import Search
from portal.api.lists import ListedPart, PartQuery, listed_part
from portal.datajobs import queries
from portal.datajobs.api.blueprint import blueprint
from portal.datajobs.detail import detail_of
from portal.datajobs.models import DataJob, DataJobType
from portal.datajobs.queries import JobFile
from portal.datajobs.serializers import data_job_shape, job_file_shape
from portal.datajobs.shapes import DataJobDetailShape, DataJobFileShape, DataJobShape
from portal.errors import NotFound, no_such
from portal.lifecycle import AlignmentStatus, DataJobStatus


class DataJobsQuery(PartQuery):
    """Which data jobs, and in which order."""

    job_type: DataJobType | None = Field(None, description="Only those of this type.")
    status: DataJobStatus | AlignmentStatus | None = Field(None, description="Only those in this state.")
    search: Search | None = Field(None, description="Only those with this in their name or description.")
    sort_by: Literal["name", "created_at", "updated_at", "job_type"] = "created_at"
    sort_order: Literal["asc", "desc"] = "desc"


@blueprint.get("")
@reader
@endpoint("List data jobs", query=DataJobsQuery, answers=ListedPart[DataJobShape])
def jobs(query: DataJobsQuery) -> dict[str, Any]:
    """The data jobs that the account may see, the newest first unless asked otherwise."""
    filters = (query.status or "", query.job_type or "", query.search or "")
    narrowing = queries.Narrowing(*filters, query.sort_by, ascending=query.sort_order == "asc")
    found = queries.jobs_part(current_actor(), narrowing, limit=query.limit, offset=query.offset)
    counts = queries.counts_of([job.id for job in found.items])
    return listed_part(found, lambda job: data_job_shape(job, counts[job.id]))


@blueprint.get("/<public_id:job_id>")
@reader
@endpoint("Show a data job", answers=DataJobDetailShape)
def job(job_id: str) -> DataJobDetailShape:
    """A data job with its files, its ingestion jobs and the record of each file in them, and its timeline in order of
    time."""
    return detail(job_id)


@blueprint.get("/<public_id:job_id>/files/<public_id:file_id>")
@reader
@endpoint("Show a file of a data job", answers=DataJobFileShape)
def file(job_id: str, file_id: str) -> DataJobFileShape:
    """A file of a data job, and how its conversion stands."""
    found = queries.find_file(visible(job_id).id, file_id)
    if found is None:
        raise NotFound(f"The data job has no file {file_id}.", fix="It may have been removed or replaced meanwhile.")
    position = queries.queue_positions([found.record_id]).get(found.record_id) if found.record_id else None
    return job_file_shape(JobFile(found, position), queries.created_times(job_id).get(file_id))


def detail(job_id: str) -> DataJobDetailShape:
    """The data job with all that belongs to it, as it is now. Raises NotFound."""
    return detail_of(visible(job_id), current_actor())


def visible(job_id: str) -> DataJob:
    """The data job, if the account may see it. Raises NotFound."""
    found = queries.visible_job(current_actor(), job_id)
    if found is None:
        raise no_such(f"data job {job_id}")
    return found
