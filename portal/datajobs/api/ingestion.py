"""Ingestion jobs: files that were handed in together to be converted."""

from __future__ import annotations

from typing import Any

from portal.accounts.access import current_actor
from portal.accounts.permissions import reader
from portal.api.endpoint import endpoint
from portal.api.limits import api_blueprint
from portal.api.lists import ListedPart, PartQuery, listed_part
from portal.datajobs import queries
from portal.datajobs.serializers import ingestion_detail, ingestion_shape
from portal.datajobs.shapes import IngestionShape
from portal.errors import NotFound

blueprint = api_blueprint("ingestion_api", "/v1/flow/ingestion")


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
        raise NotFound(f"There is no ingestion job {ingestion_job_id}.")
    records = queries.records_of(ingestion_job_id)
    return ingestion_detail(shown, records, queries.queue_positions([record.id for record in records]))
