"""Documents to Markdown, each in a process of its own: what workers call."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal.documents.child import ends
from portal.documents.child.jobs import End, Job
from portal.documents.child.keeper_process import Cancelled, KeeperProcess
from portal.documents.child.limits import Limits
from portal.documents.errors import as_failure
from portal.documents.kinds import Kind
from portal.documents.methods import Method

__all__ = ["Cancelled", "Children", "Converted", "Limits"]

CONVERTER = "portal.documents.converting:convert"
MARKDOWN = "document.md"


@dataclass(frozen=True)
class Converted:
    """What a document became, and what that took."""

    path: Path
    """The Markdown, UTF-8."""
    size: int
    """Bytes."""
    sha256: str
    pages: int | None
    notes: list[str]
    """Sentences for people."""
    seconds: float
    peak_bytes: int
    """Memory of the largest of its processes."""


class Children:
    """Keeps as many processes ready as threads have converted at a time. Safe to be used by several threads."""

    def __init__(self, converter: str = CONVERTER) -> None:
        """`converter` is the function that is called in the child, as MODULE:NAME."""
        self._converter = converter
        self._is_closed = False
        self._idle: list[KeeperProcess] = []
        self._lock = threading.Lock()

    def convert(
        self,
        source: Path,
        *,
        kind: Kind,
        method: Method,
        folder: Path,
        limits: Limits = Limits(),  # noqa: B008 - it can't be changed
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> Converted:
        """Convert the document `source`; the Markdown is put into `folder`, and nothing else is left there.

        `is_cancelled` is asked four times a second. Raises Cancelled if it said so, ConversionFailed for all else that
        can go wrong. After both, all processes of the conversion have ended.
        """
        with _room(folder) as room:
            job = Job(source.absolute(), kind, method, room, limits)
            return _converted(job, self._end_of(job, is_cancelled), folder / MARKDOWN)

    def close(self) -> None:
        """End the processes that are kept ready. Those that still convert end when they have."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for keeper in idle:
            keeper.stop()

    def _end_of(self, job: Job, is_cancelled: Callable[[], bool]) -> End:
        keeper = self._idle_keeper() or KeeperProcess(self._converter)
        try:
            end = keeper.convert(job, is_cancelled)
        except BaseException:
            keeper.stop()
            raise
        self._keep_ready(keeper)
        return end

    def _keep_ready(self, keeper: KeeperProcess) -> None:
        with self._lock:
            is_wanted = not self._is_closed
            if is_wanted:
                self._idle.append(keeper)
        if not is_wanted:
            keeper.stop()

    def _idle_keeper(self) -> KeeperProcess | None:
        while True:
            with self._lock:
                keeper = self._idle.pop() if self._idle else None
            if keeper is None or keeper.is_alive:
                return keeper
            keeper.stop()


@contextmanager
def _room(folder: Path) -> Iterator[Path]:
    """A folder that goes with the conversion."""
    try:
        room = Path(tempfile.mkdtemp(prefix="converting-", dir=folder)).absolute()
    except OSError as error:
        raise as_failure(error) from error
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _converted(job: Job, end: End, path: Path) -> Converted:
    said = ends.what_it_said(end, job.limits)
    try:
        size, sha256 = _moved(job.markdown, path)
    except OSError as error:
        raise as_failure(error) from error
    return Converted(path, size, sha256, said.pages, said.notes, end.seconds, end.peak_bytes)


def _moved(markdown: Path, path: Path) -> tuple[int, str]:
    """Size and hash of the file that is now at `path`. Links aren't followed, and pipes not waited for: a document may
    have made anything of its converter."""
    with os.fdopen(os.open(markdown, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
    markdown.replace(path)
    return size, sha256
