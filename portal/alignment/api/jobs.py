"""Alignment jobs, one and many, and their files."""

from __future__ import annotations

from typing import Any

from portal.accounts.access import current_actor
from portal.accounts.permissions import reader
from portal.alignment import queries
from portal.alignment.api.blueprint import blueprint
from portal.alignment.models import AlignmentJob
from portal.alignment.operations.jobs import no_alignment
from portal.alignment.serializers import alignment_shape, output_shapes
from portal.alignment.shapes import AlignmentOutputShape, AlignmentShape
from portal.api.endpoint import endpoint
from portal.api.lists import ListedPart, PartQuery, listed_part


@blueprint.get("")
@reader
@endpoint("List alignment jobs", query=PartQuery, answers=ListedPart[AlignmentShape])
def alignments(query: PartQuery) -> dict[str, Any]:
    """The alignment jobs that the account may see, the newest first."""
    found = queries.alignments_part(current_actor(), limit=query.limit, offset=query.offset)
    summaries = queries.summary_of([job.id for job in found.items])
    return listed_part(found, lambda job: alignment_shape(job, summaries[job.id]))


@blueprint.get("/<public_id:alignment_id>")
@reader
@endpoint("Show an alignment job", answers=AlignmentShape)
def alignment(alignment_id: str) -> AlignmentShape:
    """How the making of training data stands: each step and the whole, the time left, and what came of it."""
    return shown(visible(alignment_id))


@blueprint.get("/<public_id:alignment_id>/outputs")
@reader
@endpoint("List files of training data", answers=list[AlignmentOutputShape])
def outputs(alignment_id: str) -> list[AlignmentOutputShape]:
    """The files that an alignment job made, to be downloaded like all of the library; none before it is completed."""
    return output_shapes(visible(alignment_id))


def shown(job: AlignmentJob) -> AlignmentShape:
    """The job with what came of it."""
    return alignment_shape(job, queries.summary_of([job.id])[job.id])


def visible(alignment_id: str) -> AlignmentJob:
    """The job, if the account may see it. Raises NotFound."""
    found = queries.visible_alignment(current_actor(), alignment_id)
    if found is None:
        raise no_alignment(alignment_id)
    return found
