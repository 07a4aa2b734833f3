"""What can be done with runs. Pages, API and command line all come through here.

Every operation commits before it enqueues: a worker that is quick must find what it is told about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from portal import timeline
from portal.database import utcnow, writing
from portal.errors import PortalError, WrongState
from portal.extensions import db
from portal.files.models import StoredFile
from portal.files.operations import discard
from portal.idempotency import Once
from portal.importers import Format
from portal.importers.formats import to_json
from portal.lifecycle import RunStatus, move
from portal.runs import queries, tasks
from portal.runs.announcing import announce_end
from portal.runs.checks import (
    changeable_run,
    check_can_retry,
    check_choice,
    check_file,
    check_is_download,
    check_is_in_parts,
    check_tables,
    choice_of,
    known_importer,
    reachable_source,
)
from portal.runs.engine.family import lock_family
from portal.runs.models import IngestRun
from portal.runs.triggering import add_triggered_run
from portal.web.filters import filesize


def start_run(
    slug: str,
    file: StoredFile,
    *,
    actor: Any,
    dry_run: bool = False,
    retried_from: IngestRun | None = None,
    format: Format | None = None,
    chosen_columns: Mapping[str, str | None] | None = None,
    once: Once | None = None,
) -> IngestRun:
    """Begin to import `file` with the importer `slug`. `format` is how it is written, where that is set for this run;
    else the importer's counts. `chosen_columns` (header -> column, None for none) goes before what is found out.

    `retried_from` is the run whose failed rows `file` brings back corrected. Raises NotFound for an importer
    that isn't there, BadInput when the file can't be what the importer takes, with what to do; StartedBefore where
    a request with the same key (`once`) was quicker.
    """
    with _discarded_if_refused(file):
        definition = known_importer(slug)
        check_tables(definition)
        written = None if retried_from else format or definition.format
        mapping = check_file(file, definition, format=written, chosen=chosen_columns)
        run = IngestRun(
            importer=slug,
            dry_run=dry_run,
            user_id=actor.id,
            file_id=file.id,
            original_filename=file.name,
            mapping=mapping,
            chosen_columns=dict(chosen_columns) if chosen_columns else None,
            format=to_json(format) if format else None,
            retried_from_run_id=retried_from.id if retried_from else None,
            enqueued_at=utcnow(),
        )
        _add_upload(run, f"{file.name}, {filesize(file.size)}.", retried_from, actor=actor, once=once)
    tasks.stage(run.id)
    return run


def trigger_import(slug: str, *, actor: Any, dry_run: bool = False, once: Once | None = None) -> IngestRun:
    """Begin to import the file that the source of the importer `slug` gives; a worker fetches it.

    Raises NotFound for an importer that isn't there, BadInput when it has no source or may not reach it,
    StartedBefore.
    """
    definition = known_importer(slug)
    source = reachable_source(definition)
    check_tables(definition)
    with writing(db.session):
        run = add_triggered_run(db.session, definition, source, actor=actor, dry_run=dry_run)
        _claim(once, run)
    tasks.stage(run.id)
    return run


def cancel_run(run_id: int, *, actor: Any) -> IngestRun:
    """Ask a run to stop. What was committed stays and is counted.

    Raises NotFound, and WrongState when it has finished.
    """
    changeable_run(run_id, actor)
    with writing(db.session):
        at_once = move(
            db.session,
            IngestRun,
            run_id,
            RunStatus.CANCELLED,
            only_from=[RunStatus.PENDING],
            completed_at=utcnow(),
        )
        asked = at_once or move(db.session, IngestRun, run_id, RunStatus.CANCELLING)
        if asked:
            title = "Cancelled" if at_once else "Cancel requested"
            text = "No row was read yet." if at_once else "Workers stop after the rows at hand."
            timeline.record(db.session, "run", run_id, title, text, actor=actor)
        if at_once:
            announce_end(db.session, run_id)
    run = changeable_run(run_id, actor)
    if not asked and run.is_finished:
        raise WrongState(f"Run {run_id} has already finished, so it can't be cancelled.")
    tasks.settle(run_id)
    return run


def retry_failed_rows(
    run_id: int,
    *,
    actor: Any,
    dry_run: bool = False,
    rows: Sequence[int] | None = None,
    error: str | None = None,
    once: Once | None = None,
) -> IngestRun:
    """Begin a new run of those failed rows of `run_id` that no later run has brought in; of all its rows where none
    could go in without the others.

    `rows` (row numbers, at most 10,000) or `error` (the key of an error group) choose some of these failed rows.
    Raises NotFound, NothingToDo without such rows, BadInput for a choice that can't be, WrongState while the run or
    another retry of it is at work, and for a choice where all rows go in together; StartedBefore.
    """
    choice = choice_of(rows, error)
    with writing(db.session):
        lock_family(db.session, run_id)
        parent = changeable_run(run_id, actor)
        _check_once(once)
        check_can_retry(parent)
        retried = check_choice(parent, choice)
        run = IngestRun(
            importer=parent.importer,
            dry_run=dry_run,
            user_id=actor.id,
            original_filename=parent.original_filename,
            headers=parent.headers,
            mapping=parent.mapping,
            chosen_columns=parent.chosen_columns,
            retried_from_run_id=parent.id,
            chosen_rows=choice.to_json(),
            enqueued_at=utcnow(),
        )
        _add(run, "Created", retried.announced, actor=actor, once=once)
        _note_retry(parent, run, retried.noted(run), actor)
    tasks.stage(run.id)
    return run


def correct_run(
    run_id: int, file: StoredFile, *, actor: Any, dry_run: bool = False, once: Once | None = None
) -> IngestRun:
    """Begin a new run of `file`, the corrected download of the failed rows of `run_id`; rows that go in are
    settled there.

    Raises NotFound, NothingToDo, WrongState, BadInput, StartedBefore.
    """
    with _discarded_if_refused(file):
        parent = changeable_run(run_id, actor)
        _check_once(once)
        check_can_retry(parent)
        check_is_in_parts(parent)
        check_is_download(file)
        return start_run(
            parent.importer,
            file,
            actor=actor,
            dry_run=dry_run,
            retried_from=parent,
            chosen_columns=parent.chosen_columns,
            once=once,
        )


def _add_upload(run: IngestRun, words: str, retried_from: IngestRun | None, *, actor: Any, once: Once | None) -> None:
    """Keep a new run of an uploaded file, unless it corrects another one that can't be corrected now."""
    with writing(db.session):
        if retried_from:
            lock_family(db.session, retried_from.id)
            _check_once(once)
            check_can_retry(changeable_run(retried_from.id, actor))
        _add(run, "Uploaded", words, actor=actor, once=once)
        if retried_from:
            _note_retry(retried_from, run, f"A corrected file was uploaded as run {run.id}.", actor)


def _add(run: IngestRun, title: str, words: str, *, actor: Any, once: Once | None) -> None:
    db.session.add(run)
    db.session.flush()
    _claim(once, run)
    timeline.record(db.session, "run", run.id, title, words, actor=actor)


def _check_once(once: Once | None) -> None:
    if once:
        once.check(db.session)


def _claim(once: Once | None, run: IngestRun) -> None:
    if once:
        once.claim(db.session, run.id)


@contextmanager
def _discarded_if_refused(file: StoredFile) -> Iterator[None]:
    """An upload that is refused leaves nothing behind, unless a run uses it already."""
    try:
        yield
    except PortalError:
        if not queries.is_used(file.id):
            discard(file)
        raise


def _note_retry(parent: IngestRun, run: IngestRun, message: str, actor: Any) -> None:
    timeline.record(db.session, "run", parent.id, "Retried", message, actor=actor, run_id=run.id)
