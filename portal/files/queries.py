"""Every question that is asked about files."""

from __future__ import annotations

from sqlalchemy import select

from portal.extensions import db
from portal.files.models import StoredFile


def own_file(file_id: str, user_id: int) -> StoredFile | None:
    """The file, if it belongs to the user."""
    query = select(StoredFile).where(StoredFile.id == file_id, StoredFile.user_id == user_id)
    return db.session.scalars(query).one_or_none()
