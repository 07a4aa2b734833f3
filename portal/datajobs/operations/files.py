"""Putting files into a data job, taking them out, and putting one in another's place."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import timeline
from portal.accounts.models import User
from portal.datajobs import tasks
from portal.datajobs.models import DataJob, DataJobFile
from portal.datajobs.operations.changing import changeable_job, changing
from portal.datajobs.operations.handing_in import Handed, Ingestion, hand_in, look_at, put_in, still_there
from portal.datajobs.operations.taking_out import take_out
from portal.datajobs.wording import listing
from portal.documents.methods import Method, method_named
from portal.errors import BadInput, NotFound, no_such
from portal.extensions import db

MOST_FILES = 1_000
"""So many files are added or removed at a time at most."""


def add_files(job_id: str, file_ids: Sequence[str], *, actor: User, method: str = Method.ACCURACY) -> Handed:
    """Put files of the library into the job; those that aren't Markdown are queued to be converted.

    A file that isn't there, or that `actor` may not see, gets a record that says so: the two are never told apart. One
    that the job has already is left as it is, unless it waits for a person: then it is queued again. One with the name
    of such a file takes its place. Raises NotFound for the job, BadInput, OutOfReach.
    """
    chosen, ids = checked_method(method), checked_ids(file_ids)
    changeable_job(job_id, actor)
    wanted = look_at(ids, actor)
    with changing(job_id, actor) as change:
        handed = hand_in(change, wanted, chosen, actor=actor)
    tasks.wake(handed.waiting)
    return handed


def remove_files(job_id: str, file_ids: Sequence[str], *, actor: User) -> list[str]:
    """Take files out of the job; they stay in the library. What of them is being converted is stopped. Returns their
    names. Raises NotFound for the job, BadInput naming the files that it doesn't have."""
    ids = checked_ids(file_ids)
    with changing(job_id, actor) as change:
        files = _files_of(change.job, ids)
        if missing := [file_id for file_id in ids if file_id not in files]:
            raise BadInput(
                "Not all of these files are in the data job: some were removed or replaced meanwhile.",
                fix="Look at its files again, and choose anew.",
                errors={"file_ids": [f"{file_id} isn't in this data job." for file_id in missing[:20]]},
            )
        take_out(change, list(files.values()))
        names = [files[file_id].name for file_id in ids]
        message = f"{listing(names)} removed."
        timeline.record(db.session, "data_job", job_id, "Files Removed", message, actor=actor, file_ids=ids)
    return names


def replace_file(job_id: str, file_id: str, by_file_id: str, *, actor: User, method: str | None = None) -> DataJobFile:
    """Put a file in the place of another one, with the method of that one unless another is given.

    Raises NotFound for the job, the file in it and the one that is to take its place; BadInput where the job has that
    one already.
    """
    changeable_job(job_id, actor)
    looked_at = look_at([by_file_id], actor)
    with changing(job_id, actor) as change:
        wanted = still_there(looked_at)[0]
        if wanted.file is None:
            raise no_such(f"file {by_file_id}")
        found = _files_of(change.job, [file_id, by_file_id])
        if (old := found.get(file_id)) is None:
            raise NotFound(f"The data job has no file {file_id}.", fix="It may have been removed meanwhile.")
        if by_file_id in found:
            raise BadInput("The data job has that file already.", errors={"file": ["Choose another file."]})
        name, used = old.name, old.record.method if old.record else Method.ACCURACY
        ingestion = Ingestion(change.job, checked_method(method or used), actor)
        take_out(change, [old], keep_place=True)
        place = put_in(change, wanted, ingestion, place=old)
        message = f"{wanted.name} takes the place of {name}."
        details = {"file_id": by_file_id, "replaced_file_id": file_id}
        timeline.record(db.session, "data_job", job_id, "File Replaced", message, actor=actor, **details)
        ingestion.close()
    tasks.wake(1)
    return place


def checked_method(name: str) -> Method:
    """The method of that name. Raises BadInput."""
    method = method_named(name)
    if method is None:
        raise BadInput("There is no such method.", errors={"method": [f"Choose {' or '.join(Method)}."]})
    return method


def checked_ids(file_ids: Sequence[str], field: str = "file_ids") -> list[str]:
    """The ids, each once, in their order. Raises BadInput naming the field."""
    ids = list(dict.fromkeys(file_ids))
    if not ids:
        raise BadInput("Choose at least one file.", errors={field: ["Choose at least one file."]})
    if len(file_ids) > MOST_FILES:  # also of the same: what is taken is told by the number that is sent
        message = f"At most {MOST_FILES:,} files at a time, please."
        raise BadInput(message, errors={field: [message]})
    if any(len(file_id) > 41 or not file_id.isprintable() for file_id in ids):
        raise BadInput("A file's id looks like file-…", errors={field: ["A file's id has at most 41 characters."]})
    return ids


def _files_of(job: DataJob, file_ids: Sequence[str]) -> dict[str, DataJobFile]:
    query = select(DataJobFile).where(DataJobFile.data_job_id == job.id, DataJobFile.file_id.in_(file_ids))
    query = query.options(joinedload(DataJobFile.record)).execution_options(populate_existing=True)
    return {file.file_id: file for file in db.session.scalars(query)}
