"""Removing files. A file that something uses stays; who begins to use one meanwhile is waited for (`hold`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, select

from portal import timeline
from portal.accounts.models import User
from portal.accounts.permissions import can_change
from portal.database import writing
from portal.errors import BadInput, NotFound, WrongState, no_such
from portal.extensions import db
from portal.files import queries
from portal.files.models import StoredFile
from portal.files.operations.keeping import remove_contents
from portal.files.storage import storage
from portal.files.uses import Use, is_kept, let_go, shown_uses, uses_of


@dataclass
class Deleted:
    """What became of files that were to be deleted: the names of those that are gone, name and reason of the others."""

    names: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def delete_file(file_id: str, *, actor: User) -> str:
    """Delete a file of the library, with Markdown that data jobs made from it, as far as nothing uses that; its name.

    Raises NotFound, OutOfReach when the store is away, WrongState naming where it is used.
    """
    deleted = delete_files([file_id], actor=actor)
    if deleted.refused:
        [(name, reason)] = deleted.refused
        raise WrongState(
            f"{name} can't be deleted. {reason}", fix="Remove it there first, or wait for the end of what is at work."
        )
    return deleted.names[0]


def delete_files(file_ids: Sequence[str], *, actor: User) -> Deleted:
    """Delete files of the library, each as `delete_file` does; those that are used stay, and are refused by name.

    Raises BadInput without files, NotFound where `actor` may not change one of them or it isn't there, OutOfReach.
    """
    if not file_ids:
        raise BadInput("Choose at least one file.", errors={"file_ids": ["Choose at least one file."]})
    files = queries.changeable_files(actor, file_ids)
    if missing := set(file_ids) - {file.id for file in files}:
        raise no_file(min(missing))
    storage().check()  # while it is away, nothing is forgotten whose contents would stay
    made = queries.made_from([file.id for file in files])
    deleted = _delete([file.id for file in files], actor)
    discard_unused(made)
    return deleted


def discard(file: StoredFile) -> None:
    """Forget a file that nothing uses, and remove its contents."""
    key = file.storage_key
    with writing(db.session):
        db.session.execute(delete(StoredFile).where(StoredFile.id == file.id))
    remove_contents(key)


def discard_unused(file_ids: Collection[str]) -> None:
    """Forget those of these files that nothing uses (any more), and that aren't there for their own sake."""
    if not file_ids:
        return
    with writing(db.session):
        files, uses, kept = _locked(file_ids), uses_of(file_ids), _kept(file_ids)
        unused = [file for file in files if not uses[file.id] and file.id not in kept]
        for file in unused:
            _say(file, "deleted, since nothing uses it any more")
        keys = _forget(unused)
    for key in keys:
        remove_contents(key)


def hold(file_ids: Collection[str]) -> set[str]:
    """Keep these files from being deleted until the running transaction ends; the ids of those that are there.

    Who notes a use of a file, for which no foreign key stands up, asks in the same transaction.
    """
    query = select(StoredFile.id).where(StoredFile.id.in_(file_ids)).order_by(StoredFile.id)
    return set(db.session.scalars(query.with_for_update(read=True, key_share=True)))


def changeable_file(file_id: str, actor: User) -> StoredFile:
    """The file of the library, if `actor` may change it; whoever may not see it is told that there is none.

    Raises NotFound.
    """
    file = queries.visible_file(actor, file_id)
    if file is None or not can_change(actor, file.user_id):
        raise no_file(file_id)
    return file


def no_file(file_id: str) -> NotFound:
    """What those are told who may not know more."""
    return no_such(f"file {file_id}")


def where_used(uses: Sequence[Use]) -> str:
    """Where a file is used, in a sentence."""
    named = [use.words for use in uses[:3]]
    more = [f"{len(uses) - 3:,} more"] if len(uses) > 3 else []
    return f"It is used by {' and '.join([', '.join(named), *more])}."


def _delete(file_ids: Collection[str], actor: User) -> Deleted:
    deleted = Deleted()
    with writing(db.session):
        files, uses = _locked(file_ids), shown_uses(actor, file_ids)
        if not files:
            raise NotFound("The files are gone.", fix="They were deleted a moment ago.")
        deleted.refused = [(file.name, where_used(uses[file.id])) for file in files if uses[file.id]]
        unused = [file for file in files if not uses[file.id]]
        deleted.names = [file.name for file in unused]
        for file in unused:
            _say(file, "deleted", actor)
        keys = _forget(unused)
    for key in keys:
        remove_contents(key)
    return deleted


def _say(file: StoredFile, what: str, actor: User | None = None) -> None:
    timeline.record(db.session, "file", file.id, "Deleted", f"{file.name} {what}.", actor=actor)


def _locked(file_ids: Collection[str]) -> Sequence[StoredFile]:
    """The files, which nobody else may begin to use before the transaction ends; after this, uses are as they stay."""
    query = select(StoredFile).where(StoredFile.id.in_(file_ids)).order_by(StoredFile.id)
    return db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).all()


def _forget(files: Sequence[StoredFile]) -> list[str]:
    """Remove the rows; the keys of the contents, to be removed once that is certain."""
    keys, ids = [file.storage_key for file in files], [file.id for file in files]
    let_go(ids)
    db.session.execute(delete(StoredFile).where(StoredFile.id.in_(ids)))
    return keys


def _kept(file_ids: Collection[str]) -> set[str]:
    return set(db.session.scalars(select(StoredFile.id).where(StoredFile.id.in_(file_ids), is_kept(StoredFile.id))))
