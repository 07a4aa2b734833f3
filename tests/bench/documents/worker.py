"""Documents from upload to the end of the last conversion, through a real portal with its pages, queue and workers."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import urllib3

from tests.support.http import Visitor
from tests.support.processes import descendants
from tests.support.running import RunningPortal, running_portal, until

CORES = len(os.sched_getaffinity(0))
CONVERT_SECONDS = 1_800


@dataclass
class DocumentsBench:
    """A portal with a worker for each core, and someone signed in to it."""

    portal: RunningPortal
    visitor: Visitor

    def pages_a_second(self, paths: Sequence[Path], method: str) -> float:
        """Put files into a new data job and have them converted; returns the pages per second of a core, for which the
        processor time of all the portal's processes counts, from the upload to the last conversion. Each must succeed.
        """
        start = self._processor_seconds()
        job_id = self._new_job(paths, method)
        until(lambda: self._ended(job_id) == len(paths), CONVERT_SECONDS, f"{len(paths)} conversions have ended")
        seconds = self._processor_seconds() - start
        query = "SELECT sum(pages), sum(status = 'completed') FROM file_records WHERE data_job_id = ?"
        pages, completed = self.portal.rows(query, job_id)[0]
        assert completed == len(paths), f"{completed} of {len(paths)} were converted"
        return float(pages) / seconds

    def _processor_seconds(self) -> float:
        """Of those that are alive, and of those that they have waited for: children are gone by then."""
        assert self.portal.process is not None
        ticks = (_ticks(process) for process in [self.portal.process.pid, *descendants(self.portal.process.pid)])
        return sum(ticks) / os.sysconf("SC_CLK_TCK")

    def _new_job(self, paths: Sequence[Path], method: str) -> str:
        """By the form that people use. Returns the id of the job, whose page the answer leads to."""
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.visitor.get("/jobs/new").text)
        assert token, "/jobs/new has no form."
        fields: list[tuple[str, str | tuple[str, bytes]]] = [
            ("csrf_token", token[1]),
            ("name", f"{method}, {uuid.uuid4().hex}"),
            ("job_type", "context_grounded_files"),
            ("method", method),
            # Files of several folders share names, and one name stands for one file.
            *(("files", (f"{path.parent.name}-{path.name}", path.read_bytes())) for path in paths),
        ]
        headers = {"Cookie": self.visitor.cookies}
        answer = urllib3.request("POST", f"{self.portal.url}/jobs/new", fields=fields, headers=headers, redirect=False)
        assert answer.status in (302, 303), f"{answer.status}: {answer.data.decode()[:2000]}"
        return answer.headers["Location"].rstrip("/").rpartition("/")[2]

    def _ended(self, job_id: str) -> int:
        query = "SELECT count(*) FROM file_records WHERE data_job_id = ? AND status IN ('completed', 'failed')"
        return int(self.portal.rows(query, job_id)[0][0])


def _ticks(process: int) -> int:
    """The fields utime, stime, cutime and cstime of proc_pid_stat(5)."""
    with suppress(OSError):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[11:15]))
    return 0


@contextmanager
def documents_portal(folder: Path) -> Iterator[DocumentsBench]:
    with running_portal(folder, workers=CORES) as portal:
        yield DocumentsBench(portal, Visitor(portal.url, portal.sign_in_link("bench@localhost")))
