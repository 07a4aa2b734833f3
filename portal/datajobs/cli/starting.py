"""Commands that have training data made of a data job, and that stop what is done for it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from portal.client import Answer
from portal.command_line import json_option, save, say
from portal.datajobs.cli.door import DataJobsDoor
from portal.datajobs.cli.group import asks_jobs, job_argument, jobs, say_standing
from portal.datajobs.cli.texts import outputs_text
from portal.datajobs.cli.waiting import wait_for_training_data
from portal.errors import BadInput
from portal.lifecycle import AlignmentStatus


@jobs.command("start")
@job_argument
@click.option("--wait", is_flag=True, help="Wait until it is made; exit 1 if it can't be.")
@click.option(
    "--output",
    "-o",
    "folder",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Wait, then save its files here.",
)
@json_option
@asks_jobs
def start(door: DataJobsDoor, job_id: str, *, wait: bool, folder: Path | None, as_json: bool) -> None:
    """Have training data made of the files of a data job."""
    if folder:
        _make(folder)
    job = door.start(job_id)
    if not (wait or folder):
        say_standing(job, as_json)
        return
    job = wait_for_training_data(door, job_id)
    if job["status"] != AlignmentStatus.COMPLETED:
        _say_why_not(job, as_json)
    saved = "\n".join(map(str, _saved(door, job, folder))) if folder else outputs_text(job["alignment_job"])
    say(saved, job, as_json)


@jobs.command("cancel")
@job_argument
@json_option
@asks_jobs
def cancel(door: DataJobsDoor, job_id: str, as_json: bool) -> None:
    """Stop what is done for a data job: the making of its training data, or the conversion of its files."""
    say_standing(door.cancel(job_id), as_json)


def _say_why_not(job: Answer, as_json: bool) -> None:
    if as_json:
        say("", job, as_json)
    click.echo(job["status_message"], err=True)
    sys.exit(1)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{folder} can't be made: {error.strerror}.") from error


def _saved(door: DataJobsDoor, job: Answer, folder: Path) -> Iterator[Path]:
    """Save the files of training data; where each is now."""
    for file in job["alignment_job"]["output_files"]:
        path = folder / Path(file["filename"]).name
        save(path, door.contents(file["id"]))
        yield path
