"""Data jobs on a bench: files into the library and into jobs, records converted one by one in this process."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import text

from portal import leases, timeline
from portal.accounts import operations as accounts
from portal.accounts.models import User
from portal.database import writing
from portal.datajobs import operations, queries, tasks
from portal.datajobs.engine import converting, recovery
from portal.datajobs.engine.context import Context
from portal.datajobs.models import DataJob, DataJobFile, FileRecord
from portal.datajobs.statuses import data_job_status
from portal.documents.child.children import Converted
from portal.documents.kinds import Kind
from portal.documents.methods import Method
from portal.extensions import db, huey
from portal.files.models import FilePurpose, StoredFile
from portal.files.operations import keep_path
from portal.leases import Claimant
from tests.support.lab import drain

NO_ONE_ELSE: Any = type("SettingUp", (), {"id": None, "email": "test set-up"})()


class JobLab:
    """Inside an app context. Jobs and files are plain ids, since each operation has a transaction of its own."""

    def __init__(self, app: Flask, folder: Path, user_id: int | None = None) -> None:
        self.app, self.folder = app, folder
        self.user_id = user_id or accounts.create_user("jo@example.com", "operator", actor=NO_ONE_ELSE).id

    @property
    def user(self) -> User:
        return db.session.get_one(User, self.user_id)

    def someone(self, role: str, email: str) -> User:
        return accounts.create_user(email, role, actor=NO_ONE_ELSE)

    def file(self, name: str, content: bytes | str = b"Some text.", *, by: User | None = None) -> str:
        """A file of the library; its kind follows from the suffix."""
        path = self.folder / "upload"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        stored = keep_path(path, folder=self.folder / "incoming", user_id=(by or self.user).id, name=name)
        with writing(db.session):
            file = db.session.get_one(StoredFile, stored.id)
            file.purpose = FilePurpose.ALIGNMENT
            suffix = name.rpartition(".")[2]
            file.kind = suffix if suffix in set(Kind) else None
        return stored.id

    def job(self, *file_ids: str, job_type: str = "context_grounded_files", **settings: Any) -> str:
        """A job with these files, none of which is converted yet."""
        method = settings.pop("method", Method.SPEED)
        job_id = operations.create_job("Handbooks", job_type, actor=self.user, **settings).id
        if file_ids:
            self.add(job_id, *file_ids, method=method)
        return job_id

    def add(self, job_id: str, *file_ids: str, method: str = Method.SPEED) -> operations.Handed:
        return operations.add_files(job_id, file_ids, actor=self.user, method=method)

    def context(self, convert: Callable[..., Converted] | None = None, worker: str = "one", **changes: Any) -> Context:
        """What the engine is given, as if by the process `worker`; `convert` instead of child processes."""
        changes |= {"convert": convert} if convert else {}
        return replace(tasks.context(), by=Claimant(worker, 30), **changes)

    def convert(self, worker: str = "one") -> None:
        """Convert all that waits, as workers do."""
        converting.convert_waiting(self.context(worker=worker))

    def convert_while(self, happens: Callable[[], object]) -> None:
        """Convert all that waits; something happens in the midst of each document."""

        def convert(source: Path, **how: Any) -> Converted:
            happens()
            return tasks.convert_in_child(source, **how)

        converting.convert_waiting(self.context(convert))

    def renew_leases(self, worker: str = "one") -> None:
        leases.renew(db.session, FileRecord, self.context(worker=worker).by)

    def recover(self, *gone: str, worker: str = "two") -> None:
        recovery.recover(self.context(worker=worker), gone_workers=gone)

    def elsewhere(self) -> AbstractContextManager[Any]:
        """With this, what another process does: a session of its own."""
        return self.app.app_context()

    def find(self, job_id: str) -> DataJob:
        db.session.rollback()
        found = queries.find_job(job_id)
        assert found is not None
        return found

    def files(self, job_id: str) -> list[queries.JobFile]:
        db.session.rollback()
        db.session.expire_all()
        return list(queries.files_of(job_id))

    def file_of(self, job_id: str, name: str) -> DataJobFile:
        return next(file.file for file in self.files(job_id) if file.file.name == name)

    def states(self, job_id: str) -> dict[str, str]:
        """File name -> status of its record, or "ready"."""
        return {file.file.name: str(file.record.status) if file.record else "ready" for file in self.files(job_id)}

    def positions(self, job_id: str) -> dict[str, int | None]:
        return {file.file.name: file.queue_position for file in self.files(job_id)}

    def status(self, job_id: str) -> str:
        job = self.find(job_id)
        return data_job_status(job.job_type, job.system_prompt, queries.counts_of([job_id])[job_id])

    def events(self, job_id: str) -> list[str]:
        return [event.event_type for event in timeline.events_of(db.session, "data_job", job_id)]

    def messages(self, job_id: str) -> list[str]:
        return [event.message for event in timeline.events_of(db.session, "data_job", job_id)]

    def result(self, job_id: str, name: str) -> str:
        """The Markdown that a file became."""
        record = self.file_of(job_id, name).record
        assert record and record.result_file_id, f"{name} has no result"
        key = db.session.get_one(StoredFile, record.result_file_id).storage_key
        with tasks.context().storage.open(key) as file:
            return file.read().decode()

    def stored(self) -> set[str]:
        """The keys of all that the store holds."""
        root = self.folder / "files"
        return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}

    def write(self, statement: str, **values: Any) -> None:
        """Change the database behind the portal's back."""
        db.session.rollback()
        db.session.execute(text(statement), values)
        db.session.commit()

    def expire_leases(self) -> None:
        """Let all leases have ended."""
        self.write("UPDATE file_records SET lease_expires_at = '2000-01-01 00:00:00.000000' WHERE worker IS NOT NULL")

    def end_pauses(self) -> None:
        """Let all pauses be over."""
        self.write("UPDATE file_records SET queued_at = '2000-01-01 00:00:00.000000' WHERE status = 'queued'")

    def set_state(self, job_id: str, name: str, status: str) -> None:
        """As if the record of a file had come to this status."""
        record = self.file_of(job_id, name).record
        assert record, f"{name} has no record"
        self.write("UPDATE file_records SET status = :status WHERE id = :id", status=status, id=record.id)

    def stored_file(self, file_id: str | None) -> StoredFile:
        return db.session.get_one(StoredFile, file_id)

    def upload_of_a_run(self, name: str) -> str:
        """A file that isn't in the library."""
        path = self.folder / "upload"
        path.write_text("a,b\n1,2\n")
        return keep_path(path, folder=self.folder / "incoming", user_id=self.user_id, name=name).id

    @staticmethod
    def empty_queue() -> None:
        huey.storage.flush_queue()

    @staticmethod
    def tasks_waiting() -> int:
        return huey.waiting() or 0

    drain = staticmethod(drain)
