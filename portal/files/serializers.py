"""Files as JSON, in the shapes that programs rely on. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast, get_args

from portal.files.models import FilePurpose, StoredFile
from portal.files.shapes import ClientType, DeletedFileShape, FileDetailShape, FileShape
from portal.files.uses import Use
from portal.web.filters import iso

CLIENT_TYPES = frozenset(get_args(ClientType))


def file_shape(file: StoredFile) -> FileShape:
    """A file of the library as an entry of a list."""
    return {
        "id": file.id,
        "object": "file",
        "created_at": iso(file.created_at),
        "type": cast("ClientType", file.kind) if file.kind in CLIENT_TYPES else None,
        "kind": file.kind,
        "purpose": FilePurpose(file.purpose or FilePurpose.ALIGNMENT),
        "filename": file.name,
        "bytes": file.size,
        "sha256": file.sha256,
        "created_by": None if file.user_id is None else str(file.user_id),
        "origin_file_id": file.origin_file_id,
        "deleted": False,
    }


def file_detail(file: StoredFile, results: Sequence[StoredFile], uses: Sequence[Use]) -> FileDetailShape:
    """The same with what was made from it, and what uses it."""
    return {
        **file_shape(file),
        "result_file_ids": [result.id for result in results],
        "uses": [{"what": use.what, "name": use.name or None} for use in uses],
    }


def deleted_file(file_id: str) -> DeletedFileShape:
    """What is left of a file."""
    return {"id": file_id, "object": "file", "deleted": True}
