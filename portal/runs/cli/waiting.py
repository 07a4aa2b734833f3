"""Waiting until a run has finished."""

from __future__ import annotations

from portal.client import Answer
from portal.command_line import waiting
from portal.command_line.waiting import Standing
from portal.lifecycle import RUN_ACTIVE, RunStatus
from portal.runs.cli.door import RunsDoor
from portal.runs.cli.texts import counts_text, progress_of, status_name


def wait_for(door: RunsDoor, run_id: int) -> Answer:
    """How the run stands when it has finished. Ctrl-C ends the waiting, not the run."""
    return waiting.wait_for(
        lambda: door.run(run_id),
        _standing,
        why_still=lambda answer: door.why_still(answer["data"]["status"]),
        interrupted=f"Run {run_id} goes on. To stop it: portal ingest cancel {run_id}",
        poll_seconds=door.poll_seconds,
    )


def _standing(answer: Answer) -> Standing:
    run = answer["data"]
    progress, name = progress_of(run), f"Run {run['id']}: {status_name(run)}"
    return Standing(
        percent=progress.percent or 0,
        text=progress.text,
        line=f"{name}, {progress.text}",
        has_ended=run["status"] not in RUN_ACTIVE,
        last_line=f"{name}, {counts_text(run)}" if run["status"] == RunStatus.COMPLETED else "",
        moved=(run["status"], run["checked"], dict(run["progress"])),
    )
