"""A disk that is full: a clear sentence, what is in stays, and it goes on when there is room."""

from __future__ import annotations

import errno
import io
import resource
import signal
from pathlib import Path

import pytest
from sqlalchemy import event

from portal.errors import NoRoom
from portal.extensions import db
from portal.files.operations import keep_path
from portal.lifecycle import RunStatus
from portal.runs.engine import claims, recovery, staging
from tests.support.lab import Lab, counts

LONG = "body\n" + "".join(f"{number} {'x' * 4000}\n" for number in range(40))


class Room:
    """Of the database: as much as it has, or as much as it wants."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._is_full = False
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "checkout", self._limit)

    def set(self, *, full: bool) -> None:
        self._is_full = full
        db.session.remove()
        if db.engine.dialect.name == "postgresql":
            self._lab.write(NO_ROOM if full else "DROP TRIGGER no_room ON notes")

    def _limit(self, connection, _record, _proxy) -> None:
        # SQLite doesn't go below what is in use (https://www.sqlite.org/pragma.html#pragma_max_page_count).
        connection.execute(f"PRAGMA max_page_count = {1 if self._is_full else 1_000_000}")


NO_ROOM = """
CREATE OR REPLACE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  RAISE 'could not extend file "base/1/2": No space left on device' USING ERRCODE = 'disk_full';
END $$;
CREATE TRIGGER no_room BEFORE INSERT ON notes EXECUTE FUNCTION no_room()
"""
"""PostgreSQL has no limit that could be set: this says what it says."""


@pytest.fixture
def room(lab: Lab) -> Room:
    return Room(lab)


@pytest.fixture
def staged(lab: Lab, room: Room) -> int:
    """A run of 40 rows in 10 chunks, too long for the room that the database has left."""
    run_id = lab.start("notes", LONG)
    staging.stage_run(lab.context(), run_id)
    room.set(full=True)
    return run_id


def test_a_chunk_that_finds_the_database_full_goes_in_when_there_is_room(lab: Lab, room: Room, staged: int) -> None:
    lab.drain()
    run = lab.find(staged)
    assert run.status == RunStatus.PROCESSING
    assert len(lab.rows("SELECT * FROM notes")) == run.successful < 40
    room.set(full=False)
    lab.write("UPDATE ingest_chunks SET enqueued_at = '2000-01-01 00:00:00.000000'")
    recovery.recover(lab.context(), gone_workers=(), queue_is_empty=True)
    lab.drain()
    assert (lab.find(staged).status, counts(lab.find(staged))) == (RunStatus.COMPLETED, (40, 40, 0, 0))


def test_a_database_that_stays_full_ends_the_run_with_a_sentence(lab: Lab, room: Room, staged: int) -> None:
    lab.write(f"UPDATE ingest_chunks SET attempts = {claims.MAX_ATTEMPTS - 1}")
    lab.drain()
    run = lab.find(staged)
    assert (run.status, run.error) == (RunStatus.FAILED, "The disk is full.")
    assert run.error_fix.startswith("What was imported stays.")
    assert len(lab.rows("SELECT * FROM notes")) == run.successful


class FullStore:
    """A store on a disk that is full."""

    is_local = True

    def __init__(self, storage) -> None:
        self._storage = storage

    def open(self, key: str, mode: str = "rb"):
        return FullFile() if mode == "wb" else self._storage.open(key, mode)

    def delete(self, key: str) -> None:
        self._storage.delete(key)


class FullFile(io.BytesIO):
    def write(self, _data) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_staging_on_a_full_disk_ends_the_run_with_a_sentence(lab: Lab) -> None:
    run_id = lab.start("notes", LONG)
    staging.stage_run(lab.context(storage=FullStore(lab.context().storage)), run_id)
    assert (lab.find(run_id).status, lab.find(run_id).error) == (RunStatus.FAILED, "The disk is full.")


@pytest.fixture
def long_file(tmp_path: Path) -> Path:
    path = tmp_path / "long.csv"
    path.write_text(LONG)
    return path


@pytest.fixture
def small_files(long_file: Path):
    """No file of this process may grow beyond 64 kB."""
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def test_an_upload_for_which_there_is_no_room_is_refused_and_leaves_nothing(lab: Lab, long_file, small_files) -> None:
    folder = lab.folder / "incoming"
    with pytest.raises(NoRoom, match="disk is full"):
        keep_path(long_file, folder=folder, user_id=None)
    assert list(folder.iterdir()) == []
