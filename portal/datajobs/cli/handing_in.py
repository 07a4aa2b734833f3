"""Putting files of this machine and files of the library into a data job."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from portal.client import Answer
from portal.command_line.waiting import Standing, watching
from portal.datajobs.cli.door import DataJobsDoor
from portal.errors import BadInput

MOST_FILES = 100
"""So many are sent at once at most: what the portal takes."""

MOST_BYTES = 64 << 20
"""So many are sent at once, unless a single file has more: what fails on the way is little."""


@dataclass(frozen=True)
class Wanted:
    """A file that is to be in the job: one of the library by its id, or one of this machine by its path and size."""

    file_id: str = ""
    path: Path = Path()
    size: int = 0


def looked_at(names: Sequence[str]) -> list[Wanted]:
    """What is named, each once: what looks like `file-` with a UUID is in the library, all else here. Raises BadInput
    for what can't be read, before anything is sent."""
    return [_looked_at(name) for name in dict.fromkeys(names)]


def hand_in(door: DataJobsDoor, job_id: str, wanted: Sequence[Wanted], method: str) -> tuple[Answer, list[str]]:
    """Send what is here, and put all into the job: so many at a time, so that the first are being converted while the
    last are still sent. How the job stands then, and the ids of the files."""
    job: Answer = {}
    handed: list[str] = []
    with watching() as seen:
        for batch in _batches(wanted):
            seen.show(_standing(len(handed), len(wanted)))
            file_ids = _in_library(door, job_id, batch)
            job = door.add_files(job_id, file_ids, method=method)
            handed += file_ids
        seen.show(_standing(len(handed), len(wanted)))
        seen.end(_standing(len(handed), len(wanted)))
    return job, handed


def _batches(wanted: Sequence[Wanted]) -> Iterator[list[Wanted]]:
    batch: list[Wanted] = []
    for file in wanted:
        if batch and (len(batch) == MOST_FILES or sum(one.size for one in batch) + file.size > MOST_BYTES):
            yield batch
            batch = []
        batch.append(file)
    yield batch


def _in_library(door: DataJobsDoor, job_id: str, batch: Sequence[Wanted]) -> list[str]:
    paths = [file.path for file in batch if not file.file_id]
    sent = iter(door.upload(job_id, paths) if paths else [])
    return [file.file_id or next(sent)["id"] for file in batch]


def _standing(done: int, total: int) -> Standing:
    text = f"{done:,} of {total:,} files handed in"
    return Standing(percent=100 * done / total, text=text, line=text)


def _looked_at(name: str) -> Wanted:
    if re.fullmatch(r"file-[0-9A-Fa-f-]{36}", name):
        return Wanted(file_id=name)
    path = Path(name)
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
    except OSError as error:
        raise BadInput(f"{name} can't be read: {error.strerror}.") from error
    if not stat.S_ISREG(found.st_mode):
        raise BadInput(f"{name} is no file.", fix="Write what it gives to a file, and send that.")
    return Wanted(path=path, size=found.st_size)
