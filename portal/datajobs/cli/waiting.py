"""Waiting until files are converted, and until training data is made."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from portal.client import Answer
from portal.command_line import waiting
from portal.command_line.waiting import Standing
from portal.datajobs.cli.door import DataJobsDoor
from portal.datajobs.cli.naming import among
from portal.datajobs.cli.texts import Json, alignment_words, conversion_words, is_open, words
from portal.lifecycle import ALIGNMENT_ACTIVE, RECORD_ACTIVE, AlignmentStatus, FileRecordStatus


def wait_for_files(door: DataJobsDoor, job_id: str, file_ids: Collection[str]) -> Answer:
    """The job when none of these files waits or is being converted any more; those that it no longer has don't. Ctrl-C
    ends the waiting alone."""

    def has_begun(job: Answer) -> bool:
        return any(file["status"] == FileRecordStatus.RUNNING for file in among(job["files"], file_ids))

    return _wait(door, job_id, lambda job: _conversion(job, among(job["files"], file_ids)), has_begun)


def wait_for_training_data(door: DataJobsDoor, job_id: str) -> Answer:
    """The job when its training data is made, or won't be. Ctrl-C ends the waiting alone."""
    return _wait(door, job_id, _alignment, lambda job: job["status"] == AlignmentStatus.RUNNING)


def _wait(
    door: DataJobsDoor, job_id: str, standing_of: Callable[[Answer], Standing], has_begun: Callable[[Answer], bool]
) -> Answer:
    return waiting.wait_for(
        lambda: door.job(job_id),
        standing_of,
        why_still=lambda job: door.why_still(has_begun=has_begun(job)),
        interrupted=f"Data job {job_id} goes on. To stop it: portal jobs cancel {job_id}",
        poll_seconds=door.poll_seconds,
    )


def _conversion(job: Answer, files: list[Json]) -> Standing:
    active = [file for file in files if file["status"] in RECORD_ACTIVE]
    text = conversion_words(files)
    line = f"Data job {job['id']}: {text}"
    return Standing(
        percent=100 * (len(files) - len(active)) / (len(files) or 1),
        text=text,
        line=line,
        has_ended=not active,
        last_line="" if any(map(is_open, files)) else line,
        moved=[(file["status"], file["queue_position"]) for file in files],
    )


def _alignment(job: Answer) -> Standing:
    alignment: Any = job["alignment_job"]
    if alignment is None:  # it was cancelled or failed, and the job was changed since
        return Standing(percent=0, text=job["status_message"], line="", has_ended=True)
    text, percent = alignment_words(alignment), alignment["progress"]
    line = f"Data job {job['id']}: {words(alignment['status'])}"
    return Standing(
        percent=percent,
        text=text,
        line=f"{line}, {int(percent)} %, {text}",
        has_ended=alignment["status"] not in ALIGNMENT_ACTIVE,
        last_line=f"{line}, {text}" if alignment["status"] == AlignmentStatus.COMPLETED else "",
        moved=(alignment["status"], alignment["steps"]),
    )
