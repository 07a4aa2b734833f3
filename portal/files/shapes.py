"""Files in JSON: the shapes that programs rely on, which are those of the public client. The OpenAPI document is made
from them."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from portal.files.models import FilePurpose

ClientType = Literal[
    "csv", "doc", "docx", "html", "json", "jsonl", "md", "parquet", "pdf", "ppt", "pptx", "rst", "rtf", "txt", "xml"
]
"""The types that the public client knows."""


class FileShape(TypedDict):
    """A file of the library. `type` is what it was found to be from its content, null where the public client has no
    word for that; `kind` says it in any case, null where it isn't known. `bytes` is its size, `sha256` is in
    hexadecimal. `origin_file_id` is the file that it was made from."""

    id: str
    object: Literal["file"]
    created_at: str
    type: ClientType | None
    kind: str | None
    purpose: FilePurpose
    filename: str
    bytes: int
    sha256: str
    created_by: str | None
    origin_file_id: str | None
    deleted: Literal[False]


class UseShape(TypedDict):
    """One thing that uses a file: what it is in words, and its name, unless it is someone else's."""

    what: str
    name: str | None


class FileDetailShape(FileShape):
    """The same with what was made from it, and where it is used: while it is, it can't be deleted."""

    result_file_ids: list[str]
    uses: list[UseShape]


class DeletedFileShape(TypedDict):
    """A file that is gone."""

    id: str
    object: Literal["file"]
    deleted: Literal[True]


class ValidityShape(TypedDict):
    """Whether a file would be taken; `errors` says in words why not."""

    is_valid: bool
    errors: str | None
