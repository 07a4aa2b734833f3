"""What can be done with runs. Pages, API and command line all come through here.

Every operation commits before it enqueues: a worker that is quick must find what it is told about.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import current_app
from sqlalchemy import inspect as inspect_database
from sqlalchemy.exc import OperationalError

from portal import timeline
from portal.accounts.models import User
from portal.accounts.permissions import can_change
from portal.database import utcnow, writing
from portal.errors import BadInput, NotFound, NothingToDo, PortalError, WrongState
from portal.extensions import db
from portal.files.models import StoredFile
from portal.files.operations import discard
from portal.files.storage import storage
from portal.importers import Definition, Format, find_importer
from portal.importers.formats import to_json
from portal.importers.targets import tables_in_use
from portal.lifecycle import RunStatus, move
from portal.runs import queries, tasks
from portal.runs.engine.family import active_relative, lock_family
from portal.runs.engine.stopping import what_is_retried
from portal.runs.models import IngestRun
from portal.runs.triggering import add_triggered_run
from portal.sources import Address, SourceProblem, check_reachable
from portal.target_databases import UnknownDatabase, engine
from portal.web.filters import filesize


def start_run(
    slug: str,
    file: StoredFile,
    *,
    actor: Any,
    dry_run: bool = False,
    retried_from: IngestRun | None = None,
    format: Format | None = None,
) -> IngestRun:
    """Begin to import `file` with the importer `slug`. `format` is how it is written, where that is set for this run;
    else the importer's counts.

    `retried_from` is the run whose failed rows `file` brings back corrected. Raises NotFound for an importer
    that isn't there, BadInput when the file can't be what the importer takes, with what to do.
    """
    with _discarded_if_refused(file):
        definition = _importer(slug)
        _check_tables(definition)
        mapping = check_file(file, definition, format=None if retried_from else format or definition.format)
        with writing(db.session):
            if retried_from:
                lock_family(db.session, retried_from.id)
                _check_can_retry(_changeable(retried_from.id, actor))
            run = IngestRun(
                importer=slug,
                dry_run=dry_run,
                user_id=actor.id,
                file_id=file.id,
                original_filename=file.name,
                mapping=mapping,
                format=to_json(format) if format else None,
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


def trigger_import(slug: str, *, actor: Any, dry_run: bool = False) -> IngestRun:
    """Begin to import the file that the source of the importer `slug` gives; a worker fetches it.

    Raises NotFound for an importer that isn't there, BadInput when it has no source or may not reach it.
    """
    definition = _importer(slug)
    source = _reachable_source(definition)
    _check_tables(definition)
    with writing(db.session):
        run = add_triggered_run(db.session, definition, source, actor=actor, dry_run=dry_run)
    tasks.stage(run.id)
    return run


def check_file(file: StoredFile, definition: Definition, *, format: Format | None = None) -> dict[str, str]:
    """See whether the beginning of `file` can be imported; returns which header goes to which column, nothing where
    only reading all of it will show. `format` is how it is written, as far as that is set.

    Raises BadInput with the reason and what to do.
    """
    from portal.runs.engine.fitting import fitting_columns
    from portal.runs.engine.mapping import source_headers

    headers = _headers(file, format)
    return {} if headers is None else fitting_columns(source_headers(headers), definition)


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
    """Begin a new run of those failed rows of `run_id` that no later run has brought in; of all its rows where none
    could go in without the others.

    Raises NotFound, NothingToDo without such rows, WrongState while the run or another retry of it is at work.
    """
    with writing(db.session):
        lock_family(db.session, run_id)
        parent = _changeable(run_id, actor)
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
        timeline.record(db.session, "run", run.id, "Created", what_is_retried(parent), actor=actor)
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
        _check_is_in_parts(parent)
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


def _changeable(run_id: int, actor: Any) -> IngestRun:
    """The run, if `actor` may change it; whoever may not is told that there is none."""
    run = queries.find_run(run_id)
    if run is None or (isinstance(actor, User) and not can_change(actor, run.user_id)):
        raise NotFound(f"There is no run {run_id}.")
    return run


def _headers(file: StoredFile, format: Format | None) -> tuple[str, ...] | None:
    from portal.reading import NotYetKnown, UnreadableFile, inspect  # Polars isn't loaded until the first upload

    with storage().open(file.storage_key) as source:
        try:
            return inspect(source, format, checking=True).headers
        except NotYetKnown:
            return None
        except UnreadableFile as error:
            raise BadInput(error.message, fix=error.fix, errors={"file": [error.message]}) from None


def _check_is_download(file: StoredFile) -> None:
    """Without the numbers that the rows had, nobody could tell which failed rows a file corrects."""
    from portal.runs.engine.mapping import NOTE_HEADERS, is_failed_rows_download

    if not is_failed_rows_download(_headers(file, None) or ()):
        detail = f"The file has no columns {' and '.join(NOTE_HEADERS)}, so it isn't a download of failed rows."
        fix = "Correct the download and keep these columns, or import the file as a new run."
        raise BadInput(detail, fix=fix, errors={"file": [detail]})


def _reachable_source(definition: Definition) -> Address:
    if definition.source is None:
        raise BadInput(f"{definition.title} has no source to fetch a file from.", fix="Upload a file instead.")
    try:
        check_reachable(definition.source, current_app.extensions["reach"])
    except SourceProblem as problem:
        raise BadInput(problem.message, fix=problem.fix) from problem
    return definition.source


def _check_tables(definition: Definition) -> None:
    """Better told before the run than by it."""
    there = _tables_of(definition)
    for table, use in tables_in_use(definition).items():
        if table not in there:
            detail = f"The database has no table called {table}, which this importer {use}."
            raise BadInput(detail, fix="Ask your administrator to create it.", errors={"importer": [detail]})


def _tables_of(definition: Definition) -> set[str]:
    """The tables and views of the importer's database, those of other schemas not among them."""
    try:
        place = engine(definition.database) if definition.database else db.engine
        found = inspect_database(place)
        return {*found.get_table_names(), *found.get_view_names()}
    except UnknownDatabase as error:
        detail = f"The portal knows no database called {error}."
        fix = "Ask your administrator to name it in PORTAL_DATABASES."
    except OperationalError:
        detail, fix = f"The database {definition.database} can't be reached.", "Try again in a moment."
    raise BadInput(detail, fix=fix, errors={"importer": [detail]})


def _check_can_retry(parent: IngestRun) -> None:
    if not parent.is_finished:
        raise WrongState(f"Run {parent.id} is still at work.", fix="Wait until it has finished, or cancel it.")
    if parent.dry_run:
        raise WrongState(f"Run {parent.id} was a dry run.", fix="Import the file, then retry what fails.")
    if not parent.open_failures:
        raise NothingToDo(f"Run {parent.id} has no failed rows left to retry.")
    if other := active_relative(db.session, parent.id):
        raise WrongState(f"Run {other} is retrying these rows already.", fix="Wait until it has finished.")


def _check_is_in_parts(parent: IngestRun) -> None:
    """Where nothing is in, the failed rows alone would be the whole of what goes in."""
    if parent.all_or_nothing:
        detail = f"Nothing of run {parent.id} is in, since its importer takes all rows or none."
        raise WrongState(detail, fix="Mend the whole file and import it, or correct the failed rows here and retry.")


def _note_retry(parent: IngestRun, run: IngestRun, message: str, actor: Any) -> None:
    timeline.record(db.session, "run", parent.id, "Retried", message, actor=actor, run_id=run.id)
