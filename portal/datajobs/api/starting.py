"""Having training data made of a data job, and stopping that."""

from __future__ import annotations

from typing import Annotated

from typing_extensions import TypedDict

from portal.accounts.access import current_actor
from portal.accounts.permissions import writer
from portal.alignment import operations as alignment
from portal.api.endpoint import endpoint
from portal.api.flow import Text
from portal.api.once import at_most_once
from portal.api.parsing import Input
from portal.datajobs import operations
from portal.datajobs.api.blueprint import blueprint
from portal.datajobs.api.changing import Words
from portal.datajobs.api.jobs import detail, visible
from portal.datajobs.operations.jobs import MAX_TEXT
from portal.datajobs.shapes import DataJobDetailShape


class PromptWanted(Input):
    """What a system prompt is to be suggested for."""

    instructions: Annotated[str, Text(MAX_TEXT, needed=True)]
    document_summary: Words | None = None


class PromptShape(TypedDict):
    """A system prompt that is suggested; nothing is changed by that. `note` says why it isn't by the language model,
    where that was to write it and didn't."""

    system_prompt: str
    note: str | None


@blueprint.post("/<public_id:job_id>/start")
@writer
@endpoint("Start a data job", answers=DataJobDetailShape, starts=True, refuses=(409,))
def start(job_id: str) -> DataJobDetailShape:
    """Have training data made of the Markdown of a data job. 409 with what is needed first, unless it is ready."""
    user = current_actor()
    at_most_once(lambda once: operations.start_job(job_id, actor=user, once=once), lambda _: visible(job_id))
    return detail(job_id)


@blueprint.post("/<public_id:job_id>/cancel")
@writer
@endpoint("Cancel a data job", answers=DataJobDetailShape, refuses=(409,))
def cancel(job_id: str) -> DataJobDetailShape:
    """Stop what is done for a data job: the making of its training data, or the conversion of its files. 409 where
    nothing is being done."""
    operations.cancel_job(job_id, actor=current_actor())
    return detail(job_id)


@blueprint.post("/gen_system_prompt")
@writer
@endpoint("Suggest a system prompt", body=PromptWanted, answers=PromptShape)
def gen_system_prompt(body: PromptWanted) -> PromptShape:
    """A system prompt that suits the instructions, and the documents where a summary of them is sent."""
    suggested = alignment.suggest_prompt(body.instructions, body.document_summary)
    return {"system_prompt": suggested.system_prompt, "note": suggested.note}
