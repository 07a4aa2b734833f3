"""The files of the library: all of them, one, and what is in it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask import Response
from pydantic import Field

from portal.accounts.access import current_actor
from portal.accounts.permissions import reader
from portal.api.endpoint import endpoint
from portal.api.flow import Search, Text
from portal.api.lists import ListedPart, PartQuery, listed_part
from portal.errors import no_such
from portal.files import queries
from portal.files.api.blueprint import blueprint
from portal.files.models import FilePurpose, StoredFile
from portal.files.queries import Narrowing
from portal.files.sending import sent
from portal.files.serializers import file_detail, file_shape
from portal.files.shapes import FileDetailShape, FileShape
from portal.files.uses import shown_uses
from portal.web.addresses import IdConverter

Kind = Annotated[str, Text(12)]

ANY_BYTES = "application/octet-stream"
"""What a file is sent as, whatever it is: nothing that was uploaded may run as a page of the portal's own."""


class FilesQuery(PartQuery):
    """Which files, and in which order."""

    purpose: FilePurpose | None = Field(None, description="Only those with this purpose.")
    search: Search | None = Field(None, description="Only those with this in their name.")
    kind: Kind | None = Field(None, description="Only those of this kind, or those of an `unknown` one.")
    owner: int | None = Field(None, ge=1, le=IdConverter.highest, description="Only those of the account with this id.")
    used: Literal["yes", "no"] | None = Field(None, description="Only those that something uses, or that nothing does.")
    converted: Literal["yes", "no", "all"] = Field(
        "all", description="Whether Markdown that a conversion gave is there beside the others, or alone, or not."
    )
    sort_by: Literal["created_at", "filename", "type", "size"] = "created_at"
    sort_order: Literal["asc", "desc"] = "desc"

    @property
    def narrowing(self) -> Narrowing:
        return Narrowing(
            search=self.search or "",
            kind=self.kind or "",
            purpose=self.purpose or "",
            owner_id=self.owner,
            used=self.used or "",
            converted=self.converted,
        )


@blueprint.get("/files")
@reader
@endpoint("List files", query=FilesQuery, answers=ListedPart[FileShape])
def files(query: FilesQuery) -> dict[str, Any]:
    """The files of the library that the account may see, the newest first unless asked otherwise."""
    found = queries.files_part(
        current_actor(),
        query.narrowing,
        sort=query.sort_by,
        ascending=query.sort_order == "asc",
        limit=query.limit,
        offset=query.offset,
    )
    return listed_part(found, file_shape)


@blueprint.get("/files/<public_id:file_id>")
@reader
@endpoint("Show a file", answers=FileDetailShape)
def file(file_id: str) -> FileDetailShape:
    """A file of the library, what was made from it, and where it is used."""
    shown = visible(file_id)
    user = current_actor()
    results = queries.relatives_of(user, [shown])[shown.id].results
    return file_detail(shown, results, shown_uses(user, [shown.id])[shown.id])


@blueprint.get("/files/<public_id:file_id>/content")
@reader
@endpoint("Download a file", media=(ANY_BYTES,), ranges=True)
def content(file_id: str) -> Response:
    """What is in a file, as it was uploaded. Part of it with the header `Range`."""
    return sent(visible(file_id), ANY_BYTES)


def visible(file_id: str) -> StoredFile:
    """The file, if the account may see it. Raises NotFound."""
    found = queries.visible_file(current_actor(), file_id)
    if found is None:
        raise no_such(f"file {file_id}")
    return found
