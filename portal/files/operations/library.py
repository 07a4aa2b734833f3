"""Adding uploads to the library, one or many at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from flask import current_app
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from portal import timeline
from portal.accounts.models import User
from portal.errors import BadInput, PortalError
from portal.extensions import db
from portal.files import queries
from portal.files.incoming import IncomingFile
from portal.files.models import FilePurpose, StoredFile
from portal.files.operations.keeping import put_in_store, received, remembering, remove_contents, safe_name
from portal.files.recognising import kind_at
from portal.web.filters import filesize

MOST_FILES = 100
"""So many files are uploaded at a time at most."""


@dataclass(frozen=True)
class Duplicate:
    """An upload, by its `name`, whose contents were there before, in `earlier`; `left_out` where it wasn't kept."""

    name: str
    earlier: StoredFile
    left_out: bool


@dataclass
class Added:
    """What became of uploads: the files that are kept now, name and reason of those that aren't, and which of them the
    person had already."""

    files: list[StoredFile] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)


def add_to_library(upload: FileStorage, *, actor: User, purpose: FilePurpose = FilePurpose.ALIGNMENT) -> StoredFile:
    """Keep one upload as a file of the library. Raises BadInput, NoRoom, OutOfReach, naming the file."""
    added = add_many([upload], actor=actor, purpose=purpose)
    if added.refused:
        [(name, reason)] = added.refused
        raise BadInput(f"{name}: {reason}", errors={"files": [reason]})
    return added.files[0]


def add_many(
    uploads: Sequence[FileStorage],
    *,
    actor: User,
    purpose: FilePurpose = FilePurpose.ALIGNMENT,
    leave_out_known: bool = False,
) -> Added:
    """Keep uploads as files of the library. One that can't be kept is refused by its name, the others are kept.

    `leave_out_known` leaves out those whose contents `actor` has in the library already. Raises BadInput without files
    and for more than 100; NoRoom and OutOfReach where none can be kept because of the portal, and not of the files.
    """
    chosen = [upload for upload in uploads if upload.filename]
    _check_count(chosen)
    adding = _Adding(actor, leave_out_known=leave_out_known)
    with adding.nothing_left_behind():
        for upload in chosen:
            adding.take(upload)
    return adding.remember(purpose)


def _check_count(uploads: Sequence[FileStorage]) -> None:
    if not uploads:
        raise BadInput("Choose at least one file.", errors={"files": ["Choose at least one file."]})
    if len(uploads) > MOST_FILES:
        text = f"At most {MOST_FILES} files can be uploaded at once, and these are {len(uploads):,}."
        raise BadInput(text, fix="Upload them in several goes.", errors={"files": [f"{text} Nothing was kept."]})


class _Adding:
    """Uploads on their way into the library: their contents are in the store before any of them has a row, so that one
    short transaction remembers all."""

    def __init__(self, actor: User, *, leave_out_known: bool) -> None:
        self._actor, self._owner_id, self._leave_out_known = actor, actor.id, leave_out_known
        self._added = Added()
        self._trouble: PortalError | None = None

    def take(self, upload: FileStorage) -> None:
        """Put the contents into the store, or say why not."""
        name = safe_name(upload.filename or "")
        try:
            incoming = received(upload)
            earlier = self._earlier(incoming.sha256)
            if earlier:
                self._added.duplicates.append(Duplicate(name, earlier, self._leave_out_known))
            if not (earlier and self._leave_out_known):
                self._added.files.append(self._stored(incoming, name))
        except RequestEntityTooLarge:
            most = filesize(current_app.config["PORTAL"].max_upload_bytes)
            self._refuse(name, f"It is larger than the {most} that the portal accepts.")
        except PortalError as error:
            self._trouble = error
            self._refuse(name, f"{error.detail} {error.fix}".strip())

    @contextmanager
    def nothing_left_behind(self) -> Iterator[None]:
        """Takes back what is in the store already where the unforeseen happens."""
        try:
            yield
        except BaseException:
            for file in self._added.files:
                remove_contents(file.storage_key)
            raise

    def remember(self, purpose: FilePurpose) -> Added:
        """Give the files their rows. Raises what stood in the way where there is none."""
        files = self._added.files
        if not files and self._trouble:
            raise self._trouble
        with remembering([file.storage_key for file in files]):
            for file in files:
                file.purpose = purpose
            db.session.add_all(files)
            db.session.flush()
            for file in files:
                text = f"{file.name}, {filesize(file.size)}."
                timeline.record(db.session, "file", file.id, "Uploaded", text, actor=self._actor)
        return self._added

    def _stored(self, incoming: IncomingFile, name: str) -> StoredFile:
        kind = kind_at(incoming.path, name)
        return StoredFile(
            name=name,
            size=incoming.size,
            sha256=incoming.sha256,
            user_id=self._owner_id,
            storage_key=put_in_store(incoming),
            kind=kind,
        )

    def _earlier(self, sha256: str) -> StoredFile | None:
        """The file with the same contents that the person has, or has sent along."""
        along = (file for file in self._added.files if file.sha256 == sha256)
        return next(along, None) or queries.same_contents(self._owner_id, sha256)

    def _refuse(self, name: str, reason: str) -> None:
        self._added.refused.append((name, reason))
