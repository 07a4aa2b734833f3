"""A portal with two workers, and alignments of Markdown that is in its library."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config import TestConfig
from portal import create_app
from portal.accounts import operations as accounts
from portal.accounts.models import User
from portal.alignment import operations
from portal.extensions import db
from portal.files.models import FilePurpose, StoredFile
from tests.support.alignment_lab import NO_ONE_ELSE
from tests.support.running import RunningPortal, running_portal, until

WORKERS = 2
LONGEST_SECONDS = 3_600


@dataclass(frozen=True)
class Made:
    """What an alignment of so many `files` took; `peak_bytes` is what the larger of the workers had in memory."""

    files: int
    seconds: float
    pairs: int
    peak_bytes: int

    @property
    def files_a_second(self) -> float:
        return self.files / self.seconds


@dataclass
class AlignmentBench:
    """Inside an app context of a process beside the portal's."""

    portal: RunningPortal
    user_id: int

    def keep(self, documents: Sequence[str]) -> list[str]:
        """Put documents into the library."""
        folder = self.portal.folder / "files" / "uploads" / f"{time.time_ns()}"
        folder.mkdir(parents=True)
        files = [self._file(folder, number, text.encode()) for number, text in enumerate(documents)]
        db.session.add_all(files)
        db.session.flush()
        ids = [file.id for file in files]
        db.session.commit()
        return ids

    def align(self, file_ids: Sequence[str]) -> Made:
        """Make training data of these files, from the start to the files in the library."""
        for pid in self.portal.worker_pids():
            Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak begins anew: proc_pid_clear_refs(5)
        actor = db.session.get_one(User, self.user_id)
        start = time.monotonic()
        job = operations.generate(file_ids, actor=actor, instructions="Ask.", system_prompt="Be exact.").public_id
        db.session.commit()
        until(lambda: self._has_ended(job), LONGEST_SECONDS, f"{len(file_ids)} files are training data")
        seconds = time.monotonic() - start
        query = "SELECT count(*) FROM training_pairs WHERE alignment_job_id = (SELECT max(id) FROM alignment_jobs)"
        return Made(len(file_ids), seconds, int(self.portal.rows(query)[0][0]), self._peak_bytes())

    def _file(self, folder: Path, number: int, content: bytes) -> StoredFile:
        path = folder / f"{number}.md"
        path.write_bytes(content)
        return StoredFile(
            name=f"{number:05}.md",
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            user_id=self.user_id,
            storage_key=str(path.relative_to(self.portal.folder / "files")),
            purpose=FilePurpose.ALIGNMENT,
            kind="md",
        )

    def _has_ended(self, job: str) -> bool:
        query = "SELECT status, error_message FROM alignment_jobs WHERE public_id = ?"
        status, error = self.portal.rows(query, job)[0]
        assert status != "failed", error
        return bool(status == "completed")

    def _peak_bytes(self) -> int:
        """`VmHWM` of proc_pid_status(5), which is in kibibytes."""
        texts = (Path(f"/proc/{pid}/status").read_text() for pid in self.portal.worker_pids())
        return max(int(text.split("VmHWM:")[1].split()[0]) * 1024 for text in texts)


@contextmanager
def alignment_portal(folder: Path) -> Iterator[AlignmentBench]:
    with running_portal(folder, workers=WORKERS) as portal:
        app = create_app(TestConfig.below(folder))
        with app.app_context():
            yield AlignmentBench(portal, accounts.create_user("bench@localhost", "operator", actor=NO_ONE_ELSE).id)
            db.engine.dispose()
