"""The import engine on a bench: files in, tasks executed one by one in this process, tables looked at."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Flask
from flask.ctx import AppContext
from sqlalchemy import text

from portal import timeline
from portal.extensions import db, huey
from portal.files.models import StoredFile
from portal.files.operations import keep_path
from portal.leases import Claimant
from portal.lifecycle import RunStatus
from portal.runs import operations, queries, tasks
from portal.runs.downloads import failed_rows_csv
from portal.runs.engine.context import Context
from portal.runs.models import IngestErrorGroup, IngestRun
from tests.support.databases import as_sqlite_gives
from tests.support.flights import REFERRED, SAMPLES
from tests.support.importers import TABLES

SOMEONE = SimpleNamespace(id=None, email="someone@example.com")
IMPORTERS = str(Path(__file__).with_name("importers.py"))


def drain(chance: random.Random | None = None, limit: int = 10_000) -> int:
    """Execute what is in the queue until nothing is, in order or by `chance`; returns how many tasks.

    Whatever a task raises comes out here.
    """
    waiting: list[Any] = []
    for executed in range(limit):
        while (task := huey.dequeue()) is not None:
            waiting.append(task)
        if not waiting:
            return executed
        waiting.pop(chance.randrange(len(waiting)) if chance else 0).execute()
    raise AssertionError(f"The queue isn't empty after {limit} tasks.")


def import_referred_here(folder: Path) -> None:
    """As `flights.import_referred`, within the app context of a portal below `folder` that doesn't run."""
    for slug in REFERRED:
        file = keep_path(SAMPLES / f"{slug}.csv", folder=folder / "incoming", user_id=None)
        run_id = operations.start_run(slug, file, actor=SOMEONE).id
        drain()
        db.session.rollback()
        assert db.session.get_one(IngestRun, run_id).status == RunStatus.COMPLETED


class Lab:
    """Inside an app context. Runs are given as plain ids, since each task has a session of its own."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app, self.folder, self.drain = app, folder, drain
        self.database = db.engine.dialect.name  # "sqlite" or "postgresql"
        for statement in TABLES:
            self.write(statement)

    def keep(self, content: str | bytes, name: str = "rows.csv") -> StoredFile:
        """`content` as an uploaded file."""
        path = self.folder / "upload"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return keep_path(path, folder=self.folder / "incoming", user_id=None, name=name)

    def start(self, slug: str, content: str | bytes, **options: Any) -> int:
        """Begin a run of `content` without executing anything."""
        return operations.start_run(slug, self.keep(content), actor=SOMEONE, **options).id

    def run(self, slug: str, content: str | bytes, **options: Any) -> IngestRun:
        """Begin a run, execute all that follows, give the run as it is then."""
        run_id = self.start(slug, content, **options)
        self.drain()
        return self.find(run_id)

    def context(self, worker: str = "one", **changes: Any) -> Context:
        """What the engine is given, as if by the process `worker`; `changes` put other parts in place."""
        return replace(tasks.context(), by=Claimant(worker, 30), **changes)

    def chunk_ids(self, run_id: int) -> list[int]:
        query = "SELECT id FROM ingest_chunks WHERE run_id = :run_id ORDER BY number"
        return [row[0] for row in self.rows(query, run_id=run_id)]

    def elsewhere(self) -> AppContext:
        """With this, what another process does: a session of its own."""
        return self.app.app_context()

    def expire_leases(self) -> None:
        """Let all leases have ended."""
        for table in ("ingest_chunks", "ingest_runs"):
            long_ago = "'2000-01-01 00:00:00.000000'"
            self.write(f"UPDATE {table} SET lease_expires_at = {long_ago} WHERE worker IS NOT NULL")

    def retry(self, run_id: int, **options: Any) -> IngestRun:
        retry_id = self.begin_retry(run_id, **options)
        self.drain()
        return self.find(retry_id)

    def begin_retry(self, run_id: int, **options: Any) -> int:
        return operations.retry_failed_rows(run_id, actor=SOMEONE, **options).id

    def correct(self, run_id: int, content: str | bytes, **options: Any) -> IngestRun:
        new_id = operations.correct_run(run_id, self.keep(content), actor=SOMEONE, **options).id
        self.drain()
        return self.find(new_id)

    def find(self, run_id: int) -> IngestRun:
        """The run as it is in the database now."""
        db.session.rollback()
        found = queries.find_run(run_id)
        assert found is not None
        return found

    def uploads(self) -> list[Path]:
        """What the store holds of uploaded files."""
        return [path for path in (self.folder / "files" / "uploads").rglob("*") if path.is_file()]

    def rows(self, query: str, **values: Any) -> list[tuple[Any, ...]]:
        """Ask the database; values come in SQLite's form."""
        db.session.rollback()
        found = [as_sqlite_gives(row) for row in db.session.execute(text(query), values)]
        db.session.rollback()
        return found

    def write(self, statement: str, **values: Any) -> None:
        """Change the database behind the portal's back."""
        db.session.rollback()
        db.session.execute(text(statement), values)
        db.session.commit()

    def failed_rows(self, run_id: int) -> dict[int, str]:
        """Row number -> message, of those rows that no run has settled."""
        db.session.rollback()
        batches = queries.open_failed_rows(self.find(run_id))
        return {number: text for rows in batches for number, text in zip(rows.numbers, rows.messages, strict=True)}

    def download(self, run_id: int) -> str:
        """The CSV of failed rows."""
        return "".join(failed_rows_csv(self.find(run_id).headers, queries.open_failed_rows(self.find(run_id))))

    def groups(self, run_id: int) -> Sequence[IngestErrorGroup]:
        db.session.rollback()
        return queries.error_groups(run_id)

    def messages(self, run_id: int) -> list[str]:
        return [event.message for event in timeline.events_of(db.session, "run", run_id)]

    def events(self, run_id: int) -> list[str]:
        return [event.event_type for event in timeline.events_of(db.session, "run", run_id)]


def counts(run: IngestRun) -> tuple[int | None, int, int, int]:
    """(total, successful, failed, skipped)"""
    return run.total, run.successful, run.failed, run.skipped
