"""Commands that show data jobs."""

from __future__ import annotations

import click

from portal.command_line import json_option, say
from portal.datajobs.cli.door import DataJobsDoor
from portal.datajobs.cli.group import asks_jobs, job_argument, jobs
from portal.datajobs.cli.texts import job_text, jobs_text
from portal.datajobs.models import DataJobType
from portal.lifecycle import AlignmentStatus, DataJobStatus

STATUSES = [status.value for status in (*DataJobStatus, *AlignmentStatus)]


@jobs.command("list")
@click.option("--status", type=click.Choice(STATUSES), help="Only those in this state.")
@click.option("--type", "job_type", type=click.Choice([kind.value for kind in DataJobType]), help="Only those of it.")
@click.option("--search", metavar="TEXT", help="Only those with this in their name or description.")
@click.option("--page", type=click.IntRange(1, 10_000_000), default=1, help="Of a long list, from 1.")
@json_option
@asks_jobs
def list_jobs(
    door: DataJobsDoor, *, status: str | None, job_type: str | None, search: str | None, page: int, as_json: bool
) -> None:
    """List data jobs, the newest first."""
    answer = door.jobs(status=status, job_type=job_type, search=search, page=page)
    say(jobs_text(answer["data"], answer["total"], page), answer, as_json)


@jobs.command("show")
@job_argument
@json_option
@asks_jobs
def show(door: DataJobsDoor, job_id: str, as_json: bool) -> None:
    """Show how a data job stands, what it needs, its files and its training data."""
    job = door.job(job_id)
    say(job_text(job), job, as_json)
