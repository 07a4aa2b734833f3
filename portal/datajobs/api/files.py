"""Putting files into a data job, taking them out, and having those that failed converted again."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from portal.accounts.access import current_actor
from portal.accounts.permissions import writer
from portal.api.endpoint import endpoint
from portal.api.flow import FileId
from portal.api.once import at_most_once
from portal.api.parsing import Input
from portal.datajobs import operations
from portal.datajobs.api.blueprint import blueprint
from portal.datajobs.api.jobs import detail
from portal.datajobs.operations.files import MOST_FILES
from portal.datajobs.shapes import DataJobDetailShape
from portal.documents.methods import OLDER_NAMES, Method

RECORD_ID = r"^rec-[1-9]\d{0,8}$"

FileIds = Annotated[list[FileId], Field(json_schema_extra={"minItems": 1, "maxItems": MOST_FILES})]


def _record_id(value: str) -> str:
    if not re.fullmatch(RECORD_ID, value):
        raise ValueError("The id of a record looks like rec-12.")
    return value


RecordId = Annotated[str, AfterValidator(_record_id), Field(json_schema_extra={"pattern": RECORD_ID})]


class AddedFiles(Input):
    """Files of the library to be put in, and how those that aren't Markdown are converted; `best` is an older name of
    `accuracy-optimized`, which is taken where nothing is said."""

    file_ids: FileIds
    method: str | None = Field(None, json_schema_extra={"enum": [*Method, *OLDER_NAMES, None]})


class RemovedFiles(Input):
    """Files of the data job to be taken out."""

    file_ids: FileIds


class RetriedRecords(Input):
    """Which failed or cancelled records are converted again: all, unless this says which."""

    record_ids: list[RecordId] | None = Field(None, max_length=MOST_FILES)

    @property
    def numbers(self) -> list[int] | None:
        return None if self.record_ids is None else [int(one.removeprefix("rec-")) for one in self.record_ids]


@blueprint.post("/<public_id:job_id>/add-files")
@writer
@endpoint("Add files", body=AddedFiles, answers=DataJobDetailShape, refuses=(409,))
def add_files(job_id: str, body: AddedFiles) -> DataJobDetailShape:
    """Put files of the library into a data job. Markdown is ready at once, the others are converted. A file that isn't
    there gets a record that has failed; one with the name of a file that failed takes its place. 409 where training
    data was made of the job, or is being made."""
    method = Method.ACCURACY if body.method is None else body.method
    operations.add_files(job_id, body.file_ids, method=method, actor=current_actor())
    return detail(job_id)


@blueprint.post("/<public_id:job_id>/remove-files")
@writer
@endpoint("Remove files", body=RemovedFiles, answers=DataJobDetailShape, refuses=(409,))
def remove_files(job_id: str, body: RemovedFiles) -> DataJobDetailShape:
    """Take files out of a data job; they stay in the library. 409 as for adding."""
    operations.remove_files(job_id, body.file_ids, actor=current_actor())
    return detail(job_id)


@blueprint.post("/<public_id:job_id>/retry")
@writer
@endpoint(
    "Retry failed files",
    body=RetriedRecords,
    answers=DataJobDetailShape,
    starts=True,
    refuses=(409,),
)
def retry(job_id: str, body: RetriedRecords) -> DataJobDetailShape:
    """Convert files again that failed or were cancelled, without a new upload. 400 where there is none."""
    user = current_actor()
    at_most_once(
        lambda once: operations.retry_files(job_id, record_ids=body.numbers, actor=user, once=once), lambda _: []
    )
    return detail(job_id)
