"""What can be done with a file of the library."""

from __future__ import annotations

from typing import Annotated

from portal.accounts.access import current_actor
from portal.accounts.permissions import writer
from portal.api.endpoint import endpoint
from portal.api.flow import Text
from portal.api.parsing import StrictInput
from portal.errors import BadInput
from portal.files import operations
from portal.files.api.blueprint import blueprint
from portal.files.models import StoredFile
from portal.files.operations.keeping import LONGEST_NAME
from portal.files.serializers import deleted_file, file_shape
from portal.files.shapes import DeletedFileShape, FileShape


class Rename(StrictInput):
    """What a file is to be called."""

    new_filename: Annotated[str, Text(LONGEST_NAME, needed=True)]


@blueprint.put("/files/<public_id:file_id>/rename")
@writer
@endpoint("Rename a file", body=Rename, answers=FileShape)
def rename(file_id: str, body: Rename) -> FileShape:
    """Give a file another name. Its type is found anew: among texts the name decides it."""
    return file_shape(_renamed(file_id, body.new_filename))


@blueprint.delete("/files/<public_id:file_id>")
@writer
@endpoint("Delete a file", answers=DeletedFileShape, refuses=(409,))
def delete(file_id: str) -> DeletedFileShape:
    """Delete a file, and the Markdown that a data job made from it, unless something uses that. 409 while the file
    itself is used, with where."""
    operations.delete_file(file_id, actor=current_actor())
    return deleted_file(file_id)


def _renamed(file_id: str, name: str) -> StoredFile:
    try:
        return operations.rename_file(file_id, name, actor=current_actor())
    except BadInput as error:
        raise BadInput(error.detail, errors={"new_filename": error.errors["name"]}) from error
