"""Fetching a run's file from its importer's source into the store, before it is staged.

It can be begun again at any time: all that it keeps before the run names the file lies in the run's own folder, which
the next try empties first.
"""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from sqlalchemy import select, update

from portal import timeline
from portal.database import writing
from portal.files.incoming import IncomingFile
from portal.files.models import StoredFile
from portal.files.room import no_room
from portal.lifecycle import RUN_FINISHED
from portal.runs.engine.context import Context
from portal.runs.models import IngestRun
from portal.sources import Address, PassingProblem, SourceProblem, fetch
from portal.sources.fetching import LOOK_SECONDS

Look = Callable[[], None]


def fetch_file(context: Context, run_id: int, still_ours: Look) -> None:
    """Fetch the run's file, if it comes from a source and isn't there yet.

    `still_ours` is asked several times a second, and raises when the run is to stop. Raises SourceProblem when the
    file can't be had, NoRoom when the disk is full.
    """
    run = context.session.get_one(IngestRun, run_id)
    if run.source is None or run.file_id is not None:
        return
    address = _address(context, run)
    for pause in (*context.reach.pauses, None):
        try:
            _fetch_once(context, run_id, address, still_ours)
            return
        except PassingProblem as problem:
            if pause is None:
                raise
            _tell_pause(context, run_id, problem, pause)
            _wait(pause, _looking(context, still_ours))


def clear_fetched(context: Context, run_id: int) -> None:
    """Remove what was fetched and isn't the run's file, here and in the store."""
    shutil.rmtree(context.incoming / _folder(run_id), ignore_errors=True)
    context.storage.delete(_folder(run_id))


def _address(context: Context, run: IngestRun) -> Address:
    definition = context.find_importer(run.importer)
    if definition is None or definition.source is None:
        raise SourceProblem(
            f"There is no importer called {run.importer} with a source any more.",
            "Ask your administrator to bring it back, or upload the file.",
        )
    return definition.source


def _fetch_once(context: Context, run_id: int, address: Address, still_ours: Look) -> None:
    with _storage_reached():
        clear_fetched(context, run_id)
    with closing(IncomingFile(context.incoming / _folder(run_id))) as file:
        name = fetch(address, context.reach, file.write, _looking(context, still_ours))
        if not file.size:
            raise SourceProblem("The file is empty.", f"Look at {address.shown}.")
        file.flush()
        size, sha256, key = file.size, file.sha256, f"{_folder(run_id)}/{secrets.token_hex(8)}"
        with _storage_reached(), no_room():
            context.storage.put(str(file.path), key)
    stored = StoredFile(name=name, size=size, sha256=sha256, storage_key=key)
    try:
        _keep(context, run_id, stored, address, still_ours)
    except BaseException:
        context.storage.delete(key)
        raise


@contextmanager
def _storage_reached() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PassingProblem("The portal's storage can't be reached.", "Import it again once it can.") from error


def _keep(context: Context, run_id: int, stored: StoredFile, address: Address, still_ours: Look) -> None:
    session = context.session
    with writing(session):
        still_ours()
        run = session.get_one(IngestRun, run_id)
        stored.user_id = run.user_id
        session.add(stored)
        session.flush()
        session.execute(
            update(IngestRun).where(IngestRun.id == run_id).values(file_id=stored.id, original_filename=stored.name)
        )
        same = _same_before(context, run, stored)
        known = f" Its content is the same as in run {same}." if same else ""
        text = f"{stored.name}, {stored.size:,} bytes, from {address.shown}.{known}"
        timeline.record(session, "run", run_id, "Fetched", text, same_as_run_id=same)


def _same_before(context: Context, run: IngestRun, stored: StoredFile) -> int | None:
    """The last run of the importer that has finished, if it had the same content."""
    query = (
        select(IngestRun.id, StoredFile.sha256)
        .join(StoredFile, StoredFile.id == IngestRun.file_id)
        .where(IngestRun.importer == run.importer, IngestRun.status.in_(RUN_FINISHED), IngestRun.id < run.id)
        .where(IngestRun.dry_run.is_(False), IngestRun.retried_from_run_id.is_(None))
    )
    last = context.session.execute(query.order_by(IngestRun.id.desc()).limit(1)).one_or_none()
    return last.id if last and last.sha256 == stored.sha256 else None


def _tell_pause(context: Context, run_id: int, problem: SourceProblem, pause: float) -> None:
    with writing(context.session):
        text = f"{problem.message} It is tried again in {pause:g} s."
        timeline.record(context.session, "run", run_id, "Fetched in vain", text)


def _wait(seconds: float, look: Look) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(left, LOOK_SECONDS))
        look()


def _looking(context: Context, still_ours: Look) -> Look:
    """`still_ours` in a transaction of its own, so that it sees what others have written."""

    def look() -> None:
        context.session.commit()
        still_ours()
        context.session.commit()

    return look


def _folder(run_id: int) -> str:
    return f"fetched/{run_id}"
