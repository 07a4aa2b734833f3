"""Making training data of files, cancelling that, and deleting it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from pydantic import Field

from portal.accounts.access import current_actor
from portal.accounts.permissions import writer
from portal.alignment import operations, queries
from portal.alignment.api.blueprint import blueprint
from portal.alignment.api.jobs import shown
from portal.alignment.models import AlignmentJob, AlignmentType
from portal.alignment.operations.starting import MAX_TEXT, MOST_FILES
from portal.alignment.shapes import AlignmentShape
from portal.api.endpoint import endpoint
from portal.api.flow import FileId, NoVectorDatabase, Text
from portal.api.once import at_most_once
from portal.api.parsing import Input
from portal.errors import NotFound
from portal.idempotency import Once

Instructions = Annotated[str, Text(MAX_TEXT, needed=True)]
SystemPrompt = Annotated[str, Text(MAX_TEXT)]


class Generation(Input):
    """What training data is made of, and how. The system prompt goes before every conversation; one is made from the
    instructions where none is sent. `context_data` has a fixed one."""

    instructions: Instructions
    files: list[FileId] = Field(json_schema_extra={"minItems": 1, "maxItems": MOST_FILES})
    type: AlignmentType = AlignmentType.PRINCIPLE
    system_prompt: SystemPrompt | None = None
    vector_database_id: NoVectorDatabase = Field(None, description="This portal has no vector database.")


@blueprint.post("/generate")
@writer
@endpoint("Make training data", body=Generation, answers=AlignmentShape, starts=True, refuses=(404,))
def generate(body: Generation) -> AlignmentShape:
    """Make training data of Markdown files of the library, without a data job. 404 where the same request, by its
    `Idempotency-Key`, made an alignment job that was deleted since."""
    user = current_actor()

    def begin(once: Once | None) -> AlignmentJob:
        return operations.generate(
            body.files,
            actor=user,
            instructions=body.instructions,
            alignment_type=body.type,
            system_prompt=body.system_prompt,
            once=once,
        )

    return shown(at_most_once(begin, _started))


@blueprint.post("/<public_id:alignment_id>/cancel")
@writer
@endpoint("Cancel an alignment job", answers=AlignmentShape, refuses=(409,))
def cancel(alignment_id: str) -> AlignmentShape:
    """Stop making training data; there will be no files. 409 where it has ended already."""
    return shown(operations.cancel(alignment_id, actor=current_actor()))


@blueprint.delete("/<public_id:alignment_id>")
@writer
@endpoint("Delete an alignment job", status=HTTPStatus.NO_CONTENT, refuses=(409,))
def delete(alignment_id: str) -> None:
    """Delete an alignment job with its pairs; its files stay in the library. 409 while it is at work. A data job that
    it was started for can be started again."""
    operations.delete(alignment_id, actor=current_actor())


def _started(job_id: int) -> AlignmentJob:
    found = queries.started_alignment(current_actor(), job_id)
    if found is None:
        raise NotFound("The alignment job that this request started is gone.")
    return found
