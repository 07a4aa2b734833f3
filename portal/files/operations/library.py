"""Adding uploads to the library, one or many at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import current_app
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge

from portal import timeline
from portal.accounts.models import User
from portal.errors import BadInput, PortalError
from portal.extensions import db
from portal.files import queries
from portal.files.fitting import faults_of, too_large, unfit
from portal.files.incoming import IncomingFile
from portal.files.models import FilePurpose, StoredFile
from portal.files.operations.keeping import put_in_store, received, remembering, remove_contents, safe_name
from portal.files.recognising import kind_at
from portal.web.filters import filesize

MOST_FILES = 100
"""So many files are uploaded at a time at most."""

MOST_TOLD = 3
"""So many refused files are named in a sentence."""


class TooLarge(BadInput):
    """A file is larger than the portal accepts."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


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
    """Keep one upload as a file of the library. Raises as `add_all`."""
    return add_all([upload], actor=actor, purpose=purpose)[0]


def add_all(
    uploads: Sequence[FileStorage], *, actor: User, purpose: FilePurpose = FilePurpose.ALIGNMENT
) -> list[StoredFile]:
    """Keep uploads as files of the library, all or none; in the order in which they come.

    Raises BadInput naming those that can't be kept (TooLarge where one is), without files and for more than 100;
    NoRoom, OutOfReach.
    """
    return _taken(uploads, _Adding(actor, purpose), all_or_none=True).remember().files


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
    return _taken(uploads, _Adding(actor, purpose, leave_out_known=leave_out_known)).remember()


def faults_before_upload(purpose: str, suffix: str, size: int) -> list[str]:
    """What is wrong with a file that is to be uploaded, in sentences; as `fitting.faults_of`."""
    return faults_of(purpose, suffix, size, most=current_app.config["PORTAL"].max_upload_bytes)


def _taken(uploads: Sequence[FileStorage], adding: _Adding, *, all_or_none: bool = False) -> _Adding:
    chosen = [upload for upload in uploads if upload.filename]
    _check_count(chosen)
    with adding.nothing_left_behind():
        for upload in chosen:
            adding.take(upload)
        if all_or_none:
            adding.refuse_part()
    return adding


def _check_count(uploads: Sequence[FileStorage]) -> None:
    if not uploads:
        raise BadInput("Choose at least one file.", errors={"files": ["Choose at least one file."]})
    if len(uploads) > MOST_FILES:
        text = f"At most {MOST_FILES} files can be uploaded at once, and these are {len(uploads):,}."
        raise BadInput(text, fix="Upload them in several goes.", errors={"files": [f"{text} Nothing was kept."]})


class _Adding:
    """Uploads on their way into the library: their contents are in the store before any of them has a row, so that one
    short transaction remembers all."""

    def __init__(self, actor: User, purpose: FilePurpose, *, leave_out_known: bool = False) -> None:
        self._actor, self._owner_id = actor, actor.id
        self._purpose, self._leave_out_known = purpose, leave_out_known
        self._added = Added()
        self._refusals: list[PortalError] = []

    def take(self, upload: FileStorage) -> None:
        """Put the contents into the store, or say why not."""
        name = safe_name(upload.filename or "")
        try:
            self._keep(received(upload), name)
        except RequestEntityTooLarge:
            self._refuse(name, TooLarge(too_large(current_app.config["PORTAL"].max_upload_bytes)))
        except PortalError as error:
            self._refuse(name, error)

    def refuse_part(self) -> None:
        """Raises why one of them can't be kept, where that is so."""
        texts = [f"{name}: {reason}" for name, reason in self._added.refused]
        if not texts:
            return
        self._raise_trouble()
        error = TooLarge if any(isinstance(refusal, TooLarge) for refusal in self._refusals) else BadInput
        fix = "None of the files was kept." if self._added.files else ""
        raise error(" ".join(texts[:MOST_TOLD]), fix=fix, errors={"files": texts})

    @contextmanager
    def nothing_left_behind(self) -> Iterator[None]:
        """Takes back what is in the store already where the unforeseen happens."""
        try:
            yield
        except BaseException:
            for file in self._added.files:
                remove_contents(file.storage_key)
            raise

    def remember(self) -> Added:
        """Give the files their rows. Raises what stood in the way where there is none."""
        files = self._added.files
        if not files:
            self._raise_trouble()
        with remembering([file.storage_key for file in files]):
            for file in files:
                file.purpose = self._purpose
            db.session.add_all(files)
            db.session.flush()
            for file in files:
                text = f"{file.name}, {filesize(file.size)}."
                timeline.record(db.session, "file", file.id, "Uploaded", text, actor=self._actor)
        return self._added

    def _keep(self, incoming: IncomingFile, name: str) -> None:
        kind = kind_at(incoming.path, name)
        if reason := unfit(self._purpose, kind, incoming.size):
            raise BadInput(reason)
        earlier = self._earlier(incoming.sha256)
        if earlier:
            self._added.duplicates.append(Duplicate(name, earlier, self._leave_out_known))
        if not (earlier and self._leave_out_known):
            self._added.files.append(self._stored(incoming, name, kind))

    def _stored(self, incoming: IncomingFile, name: str, kind: str | None) -> StoredFile:
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
        along = next((file for file in self._added.files if file.sha256 == sha256), None)
        known = None if along else queries.same_contents(self._owner_id, sha256)
        if known:
            db.session.expunge(known)  # what it is called is told even where it is deleted meanwhile
        return along or known

    def _refuse(self, name: str, error: PortalError) -> None:
        self._refusals.append(error)
        self._added.refused.append((name, f"{error.detail} {error.fix}".strip()))

    def _raise_trouble(self) -> None:
        """Raises what the portal lacks, which is no fault of the files."""
        for error in self._refusals:
            if not isinstance(error, BadInput):
                raise error
