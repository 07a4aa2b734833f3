"""Starting an alignment, of a data job or by itself."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app
from sqlalchemy import insert, select

from portal import timeline
from portal.accounts.models import User
from portal.accounts.permissions import visible_to
from portal.alignment.models import AlignmentJob, AlignmentSource, AlignmentStep, AlignmentType, StepKey
from portal.alignment.operations.jobs import no_alignment, wake
from portal.alignment.operations.prompts import suggest_prompt
from portal.alignment.operations.summarising import summary_of_files
from portal.alignment.queries.jobs import visible_alignment
from portal.alignment.sources import MarkdownFile
from portal.database import can_be_kept, writing
from portal.documents.kinds import Kind
from portal.errors import BadInput
from portal.extensions import db
from portal.files.models import StoredFile
from portal.files.operations import hold
from portal.idempotency import Once

MOST_FILES = 10_000
"""So many Markdown files a job may have."""

MAX_TEXT = 100_000
"""The most characters of a system prompt or of instructions."""

MOST_NAMED = 100
"""So many files are named that can't be used."""


def generate(
    file_ids: Sequence[str],
    *,
    actor: User,
    instructions: str,
    alignment_type: str = AlignmentType.PRINCIPLE,
    system_prompt: str | None = None,
    once: Once | None = None,
) -> AlignmentJob:
    """Have training data made of Markdown files of the library, without a data job. Where no system prompt is given
    and the type has one, it is written from the instructions and from how the documents begin.

    Raises BadInput, naming the field: `files` with each that isn't there for `actor`, or isn't Markdown;
    StartedBefore where a request that is the same `once` started it already.
    """
    _check(alignment_type, instructions, system_prompt)
    _check_count(file_ids)
    files = _markdown(list(dict.fromkeys(file_ids)), actor)
    sources = [MarkdownFile(file.id, file.name, file.size) for file in files]
    prompt = system_prompt or ""
    if alignment_type == AlignmentType.PRINCIPLE and not prompt.strip():
        prompt = suggest_prompt(instructions, summary_of_files(sources)).system_prompt
    with writing(db.session):
        job = add_job(
            sources,
            actor=actor,
            user_id=actor.id,
            alignment_type=AlignmentType(alignment_type),
            system_prompt=prompt,
            instructions=instructions,
        )
        if once:
            once.claim(db.session, job.id)
        job_id, public_id = job.id, job.public_id
    wake(job_id)
    started = visible_alignment(actor, public_id)
    if started is None:
        raise no_alignment(public_id)
    return started


def add_job(
    files: Sequence[MarkdownFile],
    *,
    actor: User,
    user_id: int,
    alignment_type: AlignmentType,
    system_prompt: str,
    instructions: str,
    data_job_id: str | None = None,
) -> AlignmentJob:
    """Add a job of the account `user_id`, started by `actor`, with its steps and sources, in the running write
    transaction; sources have the order of `files`, and `wake` follows the commit. Raises BadInput without files, for
    more than 10,000, and where one is gone."""
    _check_count(files)
    present = hold([file.file_id for file in files])
    if gone := [f"{file.name} was deleted a moment ago." for file in files if file.file_id not in present]:
        raise _unfit(gone)
    model = current_app.config["PORTAL"].language_model
    job = AlignmentJob(
        data_job_id=data_job_id,
        user_id=user_id,
        alignment_type=alignment_type,
        system_prompt=system_prompt,
        instructions=instructions,
        model=model.model if model else None,
        steps=_steps(sum(file.size for file in files)),
    )
    db.session.add(job)
    db.session.flush()
    db.session.execute(insert(AlignmentSource), [_source(job.id, number, file) for number, file in enumerate(files, 1)])
    many = "1 document" if len(files) == 1 else f"{len(files):,} documents"
    text = f"The making of training data from {many} was started."
    timeline.record(db.session, "alignment_job", job.public_id, "Alignment Started", text, actor=actor)
    return job


def _steps(size: int) -> list[AlignmentStep]:
    totals = {StepKey.GENERATING: size}
    return [AlignmentStep(number=number, key=key, total=totals.get(key)) for number, key in enumerate(StepKey, 1)]


def _source(job_id: int, number: int, file: MarkdownFile) -> dict[str, object]:
    about = {"file_id": file.file_id, "name": file.name, "size": file.size}
    return {"alignment_job_id": job_id, "number": number, **about}


def _check(alignment_type: str, instructions: str, system_prompt: str | None) -> None:
    errors: dict[str, list[str]] = {}
    if alignment_type not in set(AlignmentType):
        errors["type"] = [f"Choose one of {', '.join(AlignmentType)}."]
    if not instructions.strip():
        errors["instructions"] = ["Say what the training data is to be like."]
    for field, text in (("instructions", instructions), ("system_prompt", system_prompt or "")):
        if len(text) > MAX_TEXT:
            errors[field] = [f"At most {MAX_TEXT:,} characters, please."]
        elif not can_be_kept(text):
            errors[field] = ["It contains a character that can't be kept: NUL, or half of a pair."]
    if errors:
        raise BadInput("Training data can't be made like this.", errors=errors)


def _check_count(files: Sequence[object]) -> None:
    if not files:
        raise BadInput("Choose at least one file.", errors={"files": ["Choose at least one file."]})
    if len(files) > MOST_FILES:
        text = f"At most {MOST_FILES:,} files, please; these are {len(files):,}."
        raise BadInput(text, fix="Start several times, with some of them each.", errors={"files": [text]})


def _markdown(file_ids: Sequence[str], actor: User) -> list[StoredFile]:
    """The files in this order. Raises BadInput, naming those that can't be used."""
    asked_for = [file_id for file_id in file_ids if can_be_kept(file_id)]
    query = select(StoredFile).where(StoredFile.id.in_(asked_for), StoredFile.purpose.is_not(None))
    found = {file.id: file for file in db.session.scalars(query.where(visible_to(actor, StoredFile.user_id)))}
    reasons = [_why_not(file_id, found.get(file_id)) for file_id in file_ids]
    if unfit := [reason for reason in reasons if reason]:
        raise _unfit(unfit)
    return [found[file_id] for file_id in file_ids]


def _why_not(file_id: str, file: StoredFile | None) -> str:
    if file is None:
        return f"There is no file {file_id}."
    if file.kind != Kind.MARKDOWN:
        return f"{file.name} isn't Markdown. Have it converted first."
    return "" if file.size else f"{file.name} is empty."


def _unfit(reasons: Sequence[str]) -> BadInput:
    more = [f"{len(reasons) - MOST_NAMED:,} more can't be used."] if len(reasons) > MOST_NAMED else []
    return BadInput("Not all files can be used.", errors={"files": [*reasons[:MOST_NAMED], *more]})
