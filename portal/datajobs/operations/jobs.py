"""Making, changing, cloning and deleting data jobs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from textwrap import shorten
from types import MappingProxyType
from typing import Any

from sqlalchemy import delete, select

from portal import timeline
from portal.accounts.models import User
from portal.alignment import operations as alignment
from portal.database import can_be_kept, utcnow, writing
from portal.datajobs import tasks
from portal.datajobs.engine.settling import folder_of
from portal.datajobs.models import DataJob, DataJobFile, DataJobType, FileRecord, IngestionJob
from portal.datajobs.operations.changing import changeable_job, changing, locked_job
from portal.datajobs.operations.copying import copy_files
from portal.errors import BadInput
from portal.extensions import db
from portal.files.operations import discard_unused, remove_contents

MAX_NAME = 255
MAX_TEXT = 100_000
"""The most characters of a system prompt, instructions or a description."""

SHOWN = 300
"""Characters of what others have written that are shown beside a field."""

UNCHANGED: Any = object()
"""Stands for what isn't to be changed, since None means to have none."""


def create_job(
    name: str,
    job_type: str,
    *,
    actor: User,
    description: str | None = None,
    system_prompt: str | None = None,
    instructions: str | None = None,
) -> DataJob:
    """Make a data job without files. Raises BadInput, naming the field."""
    _check(name=name, description=description, system_prompt=system_prompt, instructions=instructions)
    if job_type not in set(DataJobType):
        message = f"Choose one of {', '.join(DataJobType)}."
        raise BadInput("There is no such type of data job.", errors={"job_type": [message]})
    now = utcnow()
    job = DataJob(
        name=name.strip(),
        job_type=DataJobType(job_type),
        description=_text(description),
        system_prompt=_text(system_prompt),
        system_prompt_updated_at=now if _text(system_prompt) else None,
        instructions=_text(instructions),
        instructions_updated_at=now if _text(instructions) else None,
        user_id=actor.id,
    )
    with writing(db.session):
        _add(job, "Data job created.", actor)
    return job


def update_job(
    job_id: str,
    *,
    actor: User,
    name: str = UNCHANGED,
    description: str | None = UNCHANGED,
    system_prompt: str | None = UNCHANGED,
    instructions: str | None = UNCHANGED,
    seen: Mapping[str, str] = MappingProxyType({}),
) -> DataJob:
    """Change what is given. `seen` are the `versions_of` what the person had before them: what they have left as it was
    stays as others have it by now.

    Raises NotFound, BadInput, also for what others have changed as well, and WrongState where training data was made
    with it.
    """
    given = {"name": name, "description": description, "system_prompt": system_prompt, "instructions": instructions}
    wanted = {field: value for field, value in given.items() if value is not UNCHANGED}
    if not wanted:
        return changeable_job(job_id, actor)
    _check(**wanted)
    with changing(job_id, actor, only_words=wanted.keys() <= {"name", "description"}) as change:
        wanted = {field: value for field, value in wanted.items() if seen.get(field) != _version(field, value)}
        _check_unchanged(change.job, wanted, seen)
        for field, value in wanted.items():
            _set(change.job, field, value, actor)
    return change.job


def versions_of(job: DataJob) -> dict[str, str]:
    """By the name of each setting what tells two states of it apart."""
    return {field: _version(field, getattr(job, field)) for field in CHANGES}


def clone_job(job_id: str, *, actor: User, name: str | None = None) -> DataJob:
    """Make a job with the same settings and files. What was converted needn't be again; what failed has failed there
    too. Raises NotFound, BadInput."""
    if name is not None:
        _check(name=name)
    with writing(db.session):
        original = locked_job(job_id, actor)
        clone = _empty_clone(original, name or f"{original.name[: MAX_NAME - 7]} (copy)", actor)
        _add(clone, f"Data job created as a copy of {original.name}.", actor, origin_data_job_id=original.id)
        waiting = copy_files(original, clone)
    tasks.wake(waiting)
    return clone


def delete_job(job_id: str, *, actor: User) -> str:
    """Delete the job with its records and the Markdown that only it uses; its original files stay in the library.
    What is being done for it is stopped, and its pairs of training data go; the files of these stay, too. Returns the
    job's name. Raises NotFound."""
    changeable_job(job_id, actor)
    alignment.delete_of_data_job(job_id, actor=actor)
    with writing(db.session):
        name = locked_job(job_id, actor).name
        records = db.session.scalars(select(FileRecord).where(FileRecord.data_job_id == job_id)).all()
        made = [record.result_file_id for record in records if record.result_file_id]
        unfinished = [folder_of(record.id) for record in records if record.is_unfinished and not record.deleted]
        timeline.record(db.session, "data_job", job_id, "Deleted", f"Data job {name} deleted.", actor=actor)
        # Its parts go first, by name: not every database that was made before has the cascades.
        for model in (DataJobFile, FileRecord, IngestionJob):
            db.session.execute(delete(model).where(model.data_job_id == job_id))
        db.session.execute(delete(DataJob).where(DataJob.id == job_id))
    discard_unused(made)
    for key in unfinished:
        remove_contents(key)
    return name


def _check(**fields: str | None) -> None:
    errors: dict[str, list[str]] = {}
    for field, value in fields.items():
        most = MAX_NAME if field == "name" else MAX_TEXT
        if field == "name" and not (value and value.strip()):
            errors[field] = ["Give the data job a name."]
        elif len(value or "") > most:
            errors[field] = [f"At most {most:,} characters, please."]
        elif not can_be_kept(value or ""):
            errors[field] = ["It has characters that no database keeps: NUL, or half of a pair."]
    if errors:
        raise BadInput("The data job can't be kept like this.", errors=errors)


def _text(value: str | None) -> str | None:
    return value if value and value.strip() else None


def _check_unchanged(job: DataJob, wanted: Mapping[str, str | None], seen: Mapping[str, str]) -> None:
    """What others have changed to the same, as the same person who presses twice, is no conflict."""
    now = versions_of(job)
    stale = [field for field in wanted if seen.get(field, now[field]) != now[field]]
    differing = [field for field in stale if _version(field, wanted[field]) != now[field]]
    if differing:
        errors = {field: [_meanwhile(getattr(job, field))] for field in differing}
        raise BadInput("The data job was changed meanwhile.", errors=errors)


def _meanwhile(text: str | None) -> str:
    what = f"changed this to “{shorten(text, SHOWN, placeholder=' …')}”" if text else "emptied this"
    return f"Someone has {what} meanwhile. Save once more to put yours in its place."


def _version(field: str, given: str | None) -> str:
    return hashlib.sha256((_kept(field, given) or "").encode()).hexdigest()[:16]


def _kept(field: str, given: str | None) -> str | None:
    return given.strip() if field == "name" and given else _text(given)


def _set(job: DataJob, field: str, given: str | None, actor: User) -> None:
    value = _kept(field, given)
    if getattr(job, field) == value:
        return
    setattr(job, field, value)
    if field in ("system_prompt", "instructions"):
        setattr(job, f"{field}_updated_at", utcnow())
    event, words = CHANGES[field]
    timeline.record(db.session, "data_job", job.id, event, words if value else f"{words[:-1]}: removed.", actor=actor)


CHANGES = {
    "name": ("Renamed", "The name was changed."),
    "description": ("Edited", "The description was changed."),
    "system_prompt": ("System Prompt Updated", "The system prompt was changed."),
    "instructions": ("Instructions Updated", "The instructions were changed."),
}
"""What the timeline says of a change: its type, and a sentence."""


def _add(job: DataJob, words: str, actor: User, **details: str) -> None:
    db.session.add(job)
    db.session.flush()
    timeline.record(db.session, "data_job", job.id, "Created", words, actor=actor, **details)


def _empty_clone(original: DataJob, name: str, actor: User) -> DataJob:
    settings = ("job_type", "description", "system_prompt", "instructions")
    return DataJob(
        name=name.strip(),
        user_id=actor.id,
        origin_data_job_id=original.id,
        system_prompt_updated_at=utcnow() if original.system_prompt else None,
        instructions_updated_at=utcnow() if original.instructions else None,
        **{field: getattr(original, field) for field in settings},
    )
