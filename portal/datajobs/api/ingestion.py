"""Ingestion jobs: files that were handed in together to be converted."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from portal.accounts.access import current_actor
from portal.accounts.permissions import reader, writer
from portal.api.endpoint import endpoint
from portal.api.limits import api_blueprint
from portal.api.lists import ListedPart, PartQuery, listed_part
from portal.api.once import at_most_once
from portal.api.parsing import StrictInput
from portal.datajobs import operations, queries
from portal.datajobs.api.files import FileIds
from portal.datajobs.models import IngestionJob
from portal.datajobs.serializers import ingestion_detail, ingestion_shape
from portal.datajobs.shapes import IngestionShape
from portal.documents.methods import OLDER_NAMES, Method
from portal.errors import NotFound, no_such

blueprint = api_blueprint("ingestion_api", "/v1/flow/ingestion")


class Ingest(StrictInput):
    """Files of the library, and how they are converted; `best` is an older name of `accuracy-optimized`."""

    files: FileIds
    method: str = Field(Method.ACCURACY, json_schema_extra={"enum": [*Method, *OLDER_NAMES]})


@blueprint.post("")
@writer
@endpoint("Convert files", body=Ingest, answers=IngestionShape, starts=True)
def ingest(body: Ingest) -> IngestionShape:
    """Begin to convert files by themselves, for no data job. What comes of them is in `output_files` as it is done;
    Markdown is its own result. A file that isn't there, or that the account may not see, has a record that says so."""
    user = current_actor()
    return _shown(
        at_most_once(lambda once: operations.ingest(body.files, actor=user, method=body.method, once=once), _of_record)
    )


@blueprint.get("")
@reader
@endpoint("List ingestion jobs", query=PartQuery, answers=ListedPart[IngestionShape])
def ingestion_jobs(query: PartQuery) -> dict[str, Any]:
    """The ingestion jobs that the account may see, the newest first, without their records."""
    found = queries.ingestion_jobs_part(current_actor(), limit=query.limit, offset=query.offset)
    outcomes = queries.outcomes_of([job.id for job in found.items])
    return listed_part(found, lambda job: ingestion_shape(job, outcomes[job.id]))


@blueprint.get("/<public_id:ingestion_job_id>")
@reader
@endpoint("Show an ingestion job", answers=IngestionShape)
def ingestion_job(ingestion_job_id: str) -> IngestionShape:
    """An ingestion job with the record of each file, and the place of those that wait in the queue."""
    shown = queries.visible_ingestion_job(current_actor(), ingestion_job_id)
    if shown is None:
        raise no_such(f"ingestion job {ingestion_job_id}")
    return _shown(shown)


def _shown(job: IngestionJob) -> IngestionShape:
    records = queries.records_of(job.id)
    return ingestion_detail(job, records, queries.queue_positions([record.id for record in records]))


def _of_record(record_id: int) -> IngestionJob:
    found = queries.ingestion_job_of_record(record_id)
    if found is None:
        raise NotFound("The ingestion job that this request started is gone.")
    return found
