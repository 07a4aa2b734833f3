"""Commands that put files into a data job, take them out, and have those that failed converted again."""

from __future__ import annotations

import sys
from collections.abc import Collection

import click

from portal.client import Answer
from portal.command_line import json_option
from portal.datajobs.cli.door import DataJobsDoor
from portal.datajobs.cli.group import asks_jobs, job_argument, jobs, method_option, say_standing, wait_option
from portal.datajobs.cli.handing_in import hand_in, looked_at
from portal.datajobs.cli.naming import among, named, to_retry
from portal.datajobs.cli.texts import failure_lines
from portal.datajobs.cli.waiting import wait_for_files


@jobs.command("add-files")
@job_argument
@click.argument("names", nargs=-1, required=True, metavar="PATH_OR_FILE_ID...")
@method_option
@wait_option
@json_option
@asks_jobs
def add_files(
    door: DataJobsDoor, job_id: str, *, names: tuple[str, ...], method: str, wait: bool, as_json: bool
) -> None:
    """Put files into a data job: those of this machine are sent into the library first."""
    job, file_ids = hand_in(door, job_id, looked_at(names), method)
    _converting(door, job, set(file_ids), wait, as_json)


@jobs.command("remove-files")
@job_argument
@click.argument("names", nargs=-1, required=True, metavar="FILE...")
@json_option
@asks_jobs
def remove_files(door: DataJobsDoor, job_id: str, *, names: tuple[str, ...], as_json: bool) -> None:
    """Take files out of a data job, by their names in it or their ids. They stay in the library."""
    files = named(door.job(job_id)["files"], names)
    say_standing(door.remove_files(job_id, [file["file_id"] for file in files]), as_json)


@jobs.command("retry")
@job_argument
@click.argument("names", nargs=-1, metavar="[FILE...]")
@wait_option
@json_option
@asks_jobs
def retry(door: DataJobsDoor, job_id: str, *, names: tuple[str, ...], wait: bool, as_json: bool) -> None:
    """Convert files of a data job again that failed or were cancelled: all, or those named by name or id."""
    files = to_retry(door.job(job_id)["files"], names)
    job = door.retry(job_id, [file["record_id"] for file in files] if names else None)
    _converting(door, job, {file["file_id"] for file in files}, wait, as_json)


def _converting(door: DataJobsDoor, job: Answer, file_ids: Collection[str], wait: bool, as_json: bool) -> None:
    """What is said of a job whose files begin to be converted: at once, or when they are."""
    if not wait:
        say_standing(job, as_json)
        return
    job = wait_for_files(door, job["id"], file_ids)
    say_standing(job, as_json)
    if why := failure_lines(among(job["files"], file_ids)):
        click.echo("\n".join(why), err=True)
        sys.exit(1)
