"""Making, changing, cloning and deleting data jobs."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from pydantic import Field

from portal.accounts.access import current_actor
from portal.accounts.permissions import writer
from portal.api.endpoint import endpoint
from portal.api.flow import NoVectorDatabase, Text
from portal.api.parsing import Input
from portal.datajobs import operations
from portal.datajobs.api.blueprint import blueprint
from portal.datajobs.api.jobs import detail
from portal.datajobs.models import DataJobType
from portal.datajobs.operations.jobs import MAX_NAME, MAX_TEXT
from portal.datajobs.shapes import DataJobDetailShape

Name = Annotated[str, Text(MAX_NAME, needed=True)]
Words = Annotated[str, Text(MAX_TEXT)]


class NewDataJob(Input):
    """A data job to be made. Only `principle_files` need a system prompt, and that not before the start."""

    name: Name
    job_type: DataJobType
    description: Words | None = None
    system_prompt: Words | None = None
    instructions: Words | None = None


class ChangedDataJob(Input):
    """What is to be another way: null takes it away, what isn't sent stays."""

    name: Name = Field("", description="It can't be taken away.")
    description: Words | None = None
    system_prompt: Words | None = None
    instructions: Words | None = None
    vector_database_id: NoVectorDatabase = Field(None, description="This portal has no vector database.")


class Clone(Input):
    """The copy's name, by default that of the original with “(copy)”."""

    name: Name | None = None


@blueprint.post("")
@writer
@endpoint("Create a data job", body=NewDataJob, answers=DataJobDetailShape, status=HTTPStatus.CREATED)
def create(body: NewDataJob) -> DataJobDetailShape:
    """Make a data job without files."""
    return detail(operations.create_job(**body.model_dump(), actor=current_actor()).id)


@blueprint.patch("/<public_id:job_id>")
@writer
@endpoint("Change a data job", body=ChangedDataJob, answers=DataJobDetailShape, refuses=(409,))
def change(job_id: str, body: ChangedDataJob) -> DataJobDetailShape:
    """Change what is sent. 409 where training data was made with it, or is being made."""
    changed = body.model_dump(exclude_unset=True, exclude={"vector_database_id"})
    operations.update_job(job_id, **changed, actor=current_actor())
    return detail(job_id)


@blueprint.post("/<public_id:job_id>/clone")
@writer
@endpoint("Clone a data job", body=Clone, answers=DataJobDetailShape, status=HTTPStatus.CREATED)
def clone(job_id: str, body: Clone) -> DataJobDetailShape:
    """Make a data job with the same settings and files. What was converted needn't be again."""
    return detail(operations.clone_job(job_id, name=body.name, actor=current_actor()).id)


@blueprint.delete("/<public_id:job_id>")
@writer
@endpoint("Delete a data job", status=HTTPStatus.NO_CONTENT)
def delete(job_id: str) -> None:
    """Delete a data job with the Markdown that only it uses; its original files stay in the library. What is being made
    of it is stopped; files of training data stay, their pairs go."""
    operations.delete_job(job_id, actor=current_actor())
