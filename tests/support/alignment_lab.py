"""Alignments on a bench: Markdown into the library, pairs made and files written step by step in this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select, text

from portal import leases, timeline
from portal.accounts import operations as accounts
from portal.accounts.models import User
from portal.alignment import operations, queries, tasks
from portal.alignment.engine import recovery, working
from portal.alignment.engine.context import Context
from portal.alignment.generating.pairs import Cancelled, Document, Generator, Guidance, Pair, PairKind, Passage
from portal.alignment.models import AlignmentJob, AlignmentSource, TrainingPair
from portal.extensions import db, huey
from portal.files.models import FilePurpose, StoredFile
from portal.files.operations import keep_path
from portal.leases import Claimant
from tests.support.lab import drain

NO_ONE_ELSE: Any = type("SettingUp", (), {"id": None, "email": "test set-up"})()

LONG_AGO = "2000-01-01 00:00:00.000000"


class EveryLine(Generator):
    """A passage for each line of a document, with one pair, and the instructions as its heading: so what comes out is
    known. `happens` is called before each, with the name of the document."""

    def __init__(self, happens: Callable[[str], object] = lambda _name: None) -> None:
        self.happens = happens

    def passages(
        self, document: Document, guidance: Guidance, *, is_cancelled: Callable[[], bool]
    ) -> Iterator[Passage]:
        start = 0
        for line in document.text.splitlines(keepends=True):
            self.happens(document.name)
            if is_cancelled():
                raise Cancelled
            said = line.strip()
            if said:
                pair = Pair(PairKind.SECTION, f"What is {said.split()[0]}?", said, start, start + len(said))
                yield Passage((guidance.instructions,), start, start + len(said), said, (pair,))
            start += len(line)


class AlignmentLab:
    """Inside an app context. Jobs are given by their public ids, files by theirs."""

    def __init__(self, app: Flask, folder: Path, user_id: int | None = None) -> None:
        self.app, self.folder = app, folder
        self.user_id = user_id or accounts.create_user("al@example.com", "operator", actor=NO_ONE_ELSE).id

    @property
    def user(self) -> User:
        return db.session.get_one(User, self.user_id)

    def someone(self, role: str, email: str) -> User:
        return accounts.create_user(email, role, actor=NO_ONE_ELSE)

    def markdown(self, name: str, content: str | bytes, *, kind: str = "md", by: User | None = None) -> str:
        """A file of the library."""
        path = self.folder / "upload"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        stored = keep_path(path, folder=self.folder / "incoming", user_id=(by or self.user).id, name=name)
        self.write(
            "UPDATE files SET purpose = :purpose, kind = :kind WHERE id = :id",
            purpose=FilePurpose.ALIGNMENT,
            kind=kind,
            id=stored.id,
        )
        return stored.id

    def job(self, *contents: str, alignment_type: str = "principle", **settings: Any) -> str:
        """A job that waits, made of documents with these contents, called 1.md, 2.md ..."""
        files = [self.markdown(f"{number}.md", content) for number, content in enumerate(contents, 1)]
        return self.start(files, alignment_type=alignment_type, **settings)

    def start(self, file_ids: list[str], **settings: Any) -> str:
        settings = {"instructions": "Ask short questions.", "system_prompt": "You are exact."} | settings
        return operations.generate(file_ids, actor=self.user, **settings).public_id

    def context(self, generator: Generator | None = None, worker: str = "one", **changes: Any) -> Context:
        """What the engine is given, as if by the process `worker`."""
        return replace(tasks.context(), by=Claimant(worker, 30), generator=generator or EveryLine(), **changes)

    def work(self, generator: Generator | None = None, worker: str = "one", **changes: Any) -> None:
        """Do all that waits, as workers do."""
        working.work_on_waiting(self.context(generator, worker, **changes))

    def recover(self, *gone: str, worker: str = "two") -> None:
        recovery.recover(self.context(worker=worker), gone_workers=gone)

    def renew_leases(self, worker: str = "one") -> None:
        for model in (AlignmentJob, AlignmentSource):
            leases.renew(db.session, model, self.context(worker=worker).by)

    def elsewhere(self) -> AbstractContextManager[Any]:
        """With this, what another process does: a session of its own."""
        return self.app.app_context()

    def find(self, public_id: str) -> AlignmentJob:
        db.session.rollback()
        found = queries.visible_alignment(self.user, public_id)
        assert found is not None
        return found

    def status(self, public_id: str) -> str:
        return str(self.find(public_id).status)

    def summary(self, public_id: str) -> queries.AlignmentSummary:
        job_id = self.find(public_id).id
        return queries.summary_of([job_id])[job_id]

    def steps(self, public_id: str) -> dict[str, tuple[int, int | None, bool]]:
        """Done, total, and whether it is finished."""
        return {
            str(step.key): (step.done, step.total, step.finished_at is not None) for step in self.find(public_id).steps
        }

    def sources(self, public_id: str) -> list[AlignmentSource]:
        job_id = self.find(public_id).id
        query = select(AlignmentSource).where(AlignmentSource.alignment_job_id == job_id)
        return list(
            db.session.scalars(query.order_by(AlignmentSource.number).execution_options(populate_existing=True))
        )

    def pairs(self, public_id: str) -> list[TrainingPair]:
        job_id = self.find(public_id).id
        query = select(TrainingPair).where(TrainingPair.alignment_job_id == job_id).order_by(TrainingPair.position)
        return list(db.session.scalars(query.execution_options(populate_existing=True)))

    def answers(self, public_id: str) -> list[str]:
        """Those in the file of JSON Lines."""
        return [line["messages"][-1]["content"] for line in self.lines(public_id)]

    def lines(self, public_id: str) -> list[dict[str, Any]]:
        """What the file of JSON Lines says."""
        return [json.loads(line) for line in self.contents(self.file(public_id)).decode().splitlines()]

    def file(self, public_id: str) -> StoredFile:
        """That of JSON Lines."""
        job = self.find(public_id)
        assert job.jsonl_file, f"{public_id} has no files: {job.status}, {job.error_message}"
        return job.jsonl_file

    def twin(self, public_id: str) -> StoredFile:
        """That of Parquet."""
        twin = self.find(public_id).parquet_file
        assert twin
        return twin

    def contents(self, file: StoredFile) -> bytes:
        with tasks.context().storage.open(file.storage_key) as opened:
            return opened.read()

    def path_of(self, file_id: str) -> Path:
        """Where the store has it."""
        return self.folder / "files" / db.session.get_one(StoredFile, file_id).storage_key

    def stored(self) -> set[str]:
        """The keys of what alignments have put into the store."""
        root = self.folder / "files"
        return {str(path.relative_to(root)) for path in (root / "aligned").rglob("*") if path.is_file()}

    def in_hand(self) -> list[Path]:
        """What workers have put aside and not cleared up."""
        return [path for path in (self.folder / "aligning").rglob("*") if path.is_file()]

    def events(self, public_id: str) -> list[str]:
        return [event.event_type for event in self._events(public_id)]

    def messages(self, public_id: str) -> list[str]:
        return [event.message for event in self._events(public_id)]

    def _events(self, public_id: str) -> Sequence[timeline.Event]:
        db.session.rollback()
        return timeline.events_of(db.session, "alignment_job", public_id)

    def write(self, statement: str, **values: Any) -> None:
        """Change the database behind the portal's back."""
        db.session.rollback()
        db.session.execute(text(statement), values)
        db.session.commit()

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        db.session.rollback()
        return [tuple(row) for row in db.session.execute(text(query))]

    def expire_leases(self) -> None:
        """Let all leases have ended."""
        for table in ("alignment_jobs", "alignment_sources"):
            self.write(f"UPDATE {table} SET lease_expires_at = '{LONG_AGO}' WHERE worker IS NOT NULL")

    def end_pauses(self) -> None:
        """Let all pauses be over."""
        for table in ("alignment_jobs", "alignment_sources"):
            self.write(f"UPDATE {table} SET due_at = '{LONG_AGO}'")

    @staticmethod
    def empty_queue() -> None:
        huey.storage.flush_queue()

    @staticmethod
    def tasks_waiting() -> int:
        return huey.waiting() or 0

    drain = staticmethod(drain)
