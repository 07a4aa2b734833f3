"""What can be done with runs. Pages, API and command line all come through here.

Every operation commits before it enqueues: a worker that is quick must find what it is told about.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import inspect as inspect_database

from portal import timeline
from portal.accounts.models import User
from portal.accounts.permissions import can_change
from portal.database import utcnow, writing
from portal.errors import BadInput, NotFound, NothingToDo, PortalError, WrongState
from portal.extensions import db
from portal.files.models import StoredFile
from portal.files.operations import discard
from portal.files.storage import storage
from portal.importers import Definition, find_importer
from portal.lifecycle import RunStatus, move
from portal.runs import queries, tasks
from portal.runs.engine.family import active_relative
from portal.runs.models import IngestRun
from portal.web.filters import filesize


def start_run(
    slug: str,
    file: StoredFile,
    *,
    actor: Any,
    dry_run: bool = False,
    retried_from: IngestRun | None = None,
) -> IngestRun:
    """Begin to import `file` with the importer `slug`.

    `retried_from` is the run whose failed rows `file` brings back corrected. Raises NotFound for an importer
    that isn't there, BadInput when the file can't be what the importer takes, with what to do.
    """
    with _discarded_if_refused(file):
        definition = _importer(slug)
        _check_tables(definition)
        mapping = check_file(file, definition)
        with writing(db.session):
            if retried_from:  # here nobody can begin another retry meanwhile
                _check_can_retry(retried_from)
            run = IngestRun(
                importer=slug,
                dry_run=dry_run,
                user_id=actor.id,
                file_id=file.id,
                original_filename=file.name,
                mapping=mapping,
                retried_from_run_id=retried_from.id if retried_from else None,
                enqueued_at=utcnow(),
            )
            db.session.add(run)
            db.session.flush()
            timeline.record(db.session, "run", run.id, "Uploaded", f"{file.name}, {filesize(file.size)}.", actor=actor)
            if retried_from:
                _note_retry(retried_from, run, f"A corrected file was uploaded as run {run.id}.", actor)
    tasks.stage(run.id)
    return run


def check_file(file: StoredFile, definition: Definition) -> dict[str, str]:
    """See whether the beginning of `file` can be imported; returns which header goes to which column.

    Raises BadInput with the reason and what to do.
    """
    from portal.runs.engine.mapping import map_headers, source_headers

    mapping = map_headers(source_headers(_headers(file)), definition)
    if mapping.missing:
        raise _columns_missing(mapping.missing)
    if not mapping.columns:
        detail = "No header of the file is a column of this importer."
        raise BadInput(detail, fix=f"Its columns are {', '.join(definition.columns)}.", errors={"file": [detail]})
    return mapping.columns


def cancel_run(run_id: int, *, actor: Any) -> IngestRun:
    """Ask a run to stop. What was committed stays and is counted.

    Raises NotFound, and WrongState when it has finished.
    """
    _changeable(run_id, actor)
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
    run = _changeable(run_id, actor)
    if not asked and run.is_finished:
        raise WrongState(f"Run {run_id} has already finished, so it can't be cancelled.")
    tasks.settle(run_id)
    return run


def retry_failed_rows(run_id: int, *, actor: Any, dry_run: bool = False) -> IngestRun:
    """Begin a new run of those failed rows of `run_id` that no later run has brought in.

    Raises NotFound, NothingToDo without such rows, WrongState while the run or another retry of it is at work.
    """
    with writing(db.session):
        parent = _changeable(run_id, actor, lock=True)
        _check_can_retry(parent)
        run = IngestRun(
            importer=parent.importer,
            dry_run=dry_run,
            user_id=actor.id,
            original_filename=parent.original_filename,
            headers=parent.headers,
            mapping=parent.mapping,
            retried_from_run_id=parent.id,
            enqueued_at=utcnow(),
        )
        db.session.add(run)
        db.session.flush()
        rows = f"{parent.open_failures:,} failed rows of run {parent.id}"
        timeline.record(db.session, "run", run.id, "Created", f"Retries {rows}.", actor=actor)
        kind = "dry run" if dry_run else "run"
        _note_retry(parent, run, f"{parent.open_failures:,} failed rows are retried as {kind} {run.id}.", actor)
    tasks.stage(run.id)
    return run


def correct_run(run_id: int, file: StoredFile, *, actor: Any, dry_run: bool = False) -> IngestRun:
    """Begin a new run of `file`, the corrected download of the failed rows of `run_id`; rows that go in are
    settled there.

    Raises NotFound, NothingToDo, WrongState, BadInput.
    """
    with _discarded_if_refused(file):
        parent = _changeable(run_id, actor)
        _check_can_retry(parent)
        _check_is_download(file)
        return start_run(parent.importer, file, actor=actor, dry_run=dry_run, retried_from=parent)


@contextmanager
def _discarded_if_refused(file: StoredFile) -> Iterator[None]:
    """An upload that is refused leaves nothing behind, unless a run uses it already."""
    try:
        yield
    except PortalError:
        if not queries.is_used(file.id):
            discard(file)
        raise


def _importer(slug: str) -> Definition:
    definition = find_importer(slug)
    if definition is None:
        raise NotFound(f"There is no importer called {slug}.", errors={"importer": ["Choose an importer."]})
    return definition


def _changeable(run_id: int, actor: Any, *, lock: bool = False) -> IngestRun:
    """The run, if `actor` may change it; whoever may not is told that there is none."""
    run = queries.find_run(run_id, lock=lock)
    if run is None or (isinstance(actor, User) and not can_change(actor, run.user_id)):
        raise NotFound(f"There is no run {run_id}.")
    return run


def _headers(file: StoredFile) -> tuple[str, ...]:
    from portal.reading import UnreadableFile, inspect  # Polars isn't loaded until the first upload

    with storage().open(file.storage_key) as source:
        try:
            return inspect(source).headers  # type: ignore[arg-type]  # a BinaryIO in all that is used
        except UnreadableFile as error:
            raise BadInput(error.message, fix=error.fix, errors={"file": [error.message]}) from None


def _check_is_download(file: StoredFile) -> None:
    """Without the numbers that the rows had, nobody could tell which failed rows a file corrects."""
    from portal.runs.engine.mapping import NOTE_HEADERS, is_failed_rows_download

    if not is_failed_rows_download(_headers(file)):
        detail = f"The file has no columns {' and '.join(NOTE_HEADERS)}, so it isn't a download of failed rows."
        fix = "Correct the download and keep these columns, or import the file as a new run."
        raise BadInput(detail, fix=fix, errors={"file": [detail]})


def _check_tables(definition: Definition) -> None:
    """Better told before the run than by it."""
    looked_into = {column.lookup.table: "looks into" for column in definition.columns.values() if column.lookup}
    for table, use in (looked_into | {definition.table: "writes to"}).items():
        if not inspect_database(db.engine).has_table(table):
            detail = f"The database has no table called {table}, which this importer {use}."
            raise BadInput(detail, fix="Ask your administrator to create it.", errors={"importer": [detail]})


def _check_can_retry(parent: IngestRun) -> None:
    if not parent.is_finished:
        raise WrongState(f"Run {parent.id} is still at work.", fix="Wait until it has finished, or cancel it.")
    if parent.dry_run:
        raise WrongState(f"Run {parent.id} was a dry run.", fix="Import the file, then retry what fails.")
    if not parent.open_failures:
        raise NothingToDo(f"Run {parent.id} has no failed rows left to retry.")
    if other := active_relative(db.session, parent.id):
        raise WrongState(f"Run {other} is retrying these rows already.", fix="Wait until it has finished.")


def _note_retry(parent: IngestRun, run: IngestRun, message: str, actor: Any) -> None:
    timeline.record(db.session, "run", parent.id, "Retried", message, actor=actor, run_id=run.id)


def _columns_missing(missing: dict[str, str | None]) -> BadInput:
    names = ", ".join(missing)
    noun = "columns" if len(missing) > 1 else "column"
    likely = [f"“{header}” looks like {name}" for name, header in missing.items() if header]
    fix = f"Rename the header: {'; '.join(likely)}." if likely else f"Add the {noun} to the file's first line."
    detail = f"The file has no {noun} {names}, which this importer needs."
    return BadInput(detail, fix=fix, errors={"file": [detail]})
