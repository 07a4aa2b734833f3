"""Uploading files into the library, and asking beforehand whether they would be taken."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from flask import request
from pydantic import BeforeValidator, Field

from portal.accounts.access import current_actor
from portal.accounts.permissions import writer
from portal.api.endpoint import endpoint
from portal.api.parsing import FormFiles, Input, StrictInput
from portal.files import operations
from portal.files.api.blueprint import blueprint
from portal.files.models import FilePurpose
from portal.files.operations import MOST_FILES
from portal.files.serializers import file_shape
from portal.files.shapes import FileShape, ValidityShape

FIELD = "files"
CREATED = HTTPStatus.CREATED
LONGEST_FILENAME = 255


class Uploads(Input):
    """What a form says beside its files."""

    purpose: FilePurpose = Field(
        description="What they are for; for fine-tuning, JSON Lines and Parquet alone are taken."
    )


class Upload(Uploads):
    """What a form says beside its file."""

    filename: str | None = Field(
        None,
        min_length=1,
        max_length=LONGEST_FILENAME,
        description="What the file is called, where its own part doesn't say it.",
    )


def _whole(value: object) -> object:
    """JSON Schema counts 8.0 among the integers (https://json-schema.org/draft/2020-12/json-schema-validation#name-type)."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Metadata(StrictInput):
    """What is known of a file before it is sent."""

    purpose: str = Field(max_length=255, description="As with the upload.")
    suffix: str = Field(max_length=LONGEST_FILENAME, description="Of its name, such as `pdf`.")
    size: Annotated[int, BeforeValidator(_whole)] = Field(ge=0, description="In bytes.")


@blueprint.put("/files")
@writer
@endpoint("Upload a file", form=Upload, files=FormFiles(FIELD), answers=FileShape, status=CREATED)
def upload(form: Upload) -> FileShape:
    """Take a file into the library. Its type is found from its content."""
    sent = request.files[FIELD]
    sent.filename = form.filename or sent.filename
    return file_shape(operations.add_to_library(sent, actor=current_actor(), purpose=form.purpose))


@blueprint.put("/bulk_files")
@writer
@endpoint("Upload files", form=Uploads, files=FormFiles(FIELD, MOST_FILES), answers=list[FileShape], status=CREATED)
def bulk_upload(form: Uploads) -> list[Any]:
    """Take up to 100 files into the library: all of them, or none where one can't be taken."""
    added = operations.add_all(request.files.getlist(FIELD), actor=current_actor(), purpose=form.purpose)
    return [file_shape(file) for file in added]


@blueprint.post("/files/validate_metadata")
@writer
@endpoint("Ask whether a file would be taken", body=Metadata, answers=ValidityShape)
def validate_metadata(body: Metadata) -> ValidityShape:
    """Say, before a file is sent, whether its type and size suit its purpose; `errors` says in words what doesn't."""
    faults = operations.faults_before_upload(body.purpose, body.suffix, body.size)
    return {"is_valid": not faults, "errors": " ".join(faults) or None}
