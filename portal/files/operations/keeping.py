"""Taking files into the store, and remembering them."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from portal.database import writing
from portal.errors import BadInput, OutOfReach
from portal.extensions import db
from portal.files.incoming import IncomingFile
from portal.files.models import StoredFile
from portal.files.room import no_room
from portal.files.storage import storage

log = logging.getLogger(__name__)

LONGEST_NAME = 200
"""Characters of a file's name, at most."""


def keep_upload(upload: FileStorage, *, user_id: int | None) -> StoredFile:
    """Take an uploaded file into the store and remember it.

    Raises BadInput without a file, RequestEntityTooLarge beyond the limit (that of the whole request leaves room for
    other fields), NoRoom when the disk is full, OutOfReach when the store is away.
    """
    if not upload.filename:
        raise BadInput("Choose a file to import.", errors={"file": ["Choose a file to import."]})
    return _keep(received(upload), safe_name(upload.filename), user_id)


def keep_path(path: Path, *, folder: Path, user_id: int | None, name: str | None = None) -> StoredFile:
    """Take a copy of the file at `path` into the store; `folder` is where it is gathered first.

    Raises BadInput when it can't be read, NoRoom when the disk is full, OutOfReach when the store is away.
    """
    incoming = copied(path, folder)
    try:
        return _keep(incoming, safe_name(name or path.name), user_id)
    finally:
        incoming.close()


def received(upload: FileStorage) -> IncomingFile:
    """The upload as it has arrived on disk, all of it. Raises RequestEntityTooLarge, NoRoom."""
    if not isinstance(upload.stream, IncomingFile):
        raise TypeError("The upload didn't come through PortalRequest.")
    if upload.stream.size > current_app.config["PORTAL"].max_upload_bytes:
        raise RequestEntityTooLarge
    upload.stream.flush()
    return upload.stream


def put_in_store(incoming: IncomingFile) -> str:
    """Take the contents into the store; the key by which they are found there. Raises NoRoom, OutOfReach."""
    key = f"uploads/{incoming.sha256[:2]}/{incoming.path.name}"
    with no_room():
        storage().put(str(incoming.path), key)
    return key


@contextmanager
def remembering(keys: Sequence[str]) -> Iterator[None]:
    """The write transaction in which files get their rows; where it fails, their contents go again."""
    try:
        with writing(db.session):
            yield
    except BaseException:
        for key in _without_row(keys):
            remove_contents(key)
        raise


def _without_row(keys: Sequence[str]) -> list[str]:
    """Those of these keys that have no row: where a connection breaks during COMMIT, only asking tells. While that
    can't be done either, all contents stay: better some that nothing refers to than a file without any."""
    try:
        there = set(db.session.scalars(select(StoredFile.storage_key).where(StoredFile.storage_key.in_(keys))))
    except DBAPIError:
        there = set(keys)
    db.session.rollback()
    return [key for key in keys if key not in there]


def remove_contents(key: str) -> None:
    """Remove what nothing refers to any more. Where the store is away it stays there, which the log says."""
    try:
        storage().delete(key)
    except (OSError, OutOfReach) as error:
        log.warning("%s stays in the store, though nothing refers to it: %s", key, error)


def safe_name(name: str) -> str:
    """The last part of `name` without control characters, at most 200 characters; never empty."""
    base = PurePosixPath(name.replace("\\", "/")).name
    printable = "".join(letter for letter in base if letter.isprintable()).strip()
    return printable[-LONGEST_NAME:] or "upload.csv"


def copied(path: Path, folder: Path) -> IncomingFile:
    """A copy in `folder` of the file at `path`, to be closed. Raises BadInput when it can't be read, NoRoom."""
    incoming = IncomingFile(folder)
    try:
        with path.open("rb") as source:
            shutil.copyfileobj(source, incoming, 1 << 20)
        incoming.flush()
    except BaseException as error:
        incoming.close()
        if isinstance(error, OSError):
            raise BadInput(f"{path} can't be read: {error.strerror}.") from error
        raise
    return incoming


def _keep(incoming: IncomingFile, name: str, user_id: int | None) -> StoredFile:
    key = put_in_store(incoming)
    with remembering([key]):
        stored = StoredFile(name=name, size=incoming.size, sha256=incoming.sha256, user_id=user_id, storage_key=key)
        db.session.add(stored)
    return stored
