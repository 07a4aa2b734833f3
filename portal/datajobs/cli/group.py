"""The group that the modules beside this one add their commands to, and what several of them have."""

from __future__ import annotations

import re

import click

from portal.client import Answer
from portal.command_line import reaching, say
from portal.datajobs.cli.completing import job_ids
from portal.datajobs.cli.elsewhere import DataJobsElsewhere
from portal.datajobs.cli.here import DataJobsHere
from portal.documents.methods import Method


class JobId(click.ParamType[str]):
    """What may be the id of a data job: it becomes part of an address."""

    name = "job"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not re.fullmatch(r"[A-Za-z0-9-]{1,41}", value):
            self.fail(f"{value!r} is no data job: its id looks like dj-….", param, ctx)
        return value


@click.group("jobs")
def jobs() -> None:
    """Data jobs: documents that become training data."""


asks_jobs = reaching(DataJobsHere, DataJobsElsewhere)
"""Gives a command its `DataJobsDoor`."""

job_argument = click.argument("job_id", type=JobId(), metavar="ID", shell_complete=job_ids)
method_option = click.option(
    "--method",
    type=click.Choice([method.value for method in Method]),
    default=Method.ACCURACY.value,
    show_default=True,
    help="How documents are converted.",
)
wait_option = click.option("--wait", is_flag=True, help="Wait until they are converted; exit 1 if one couldn't be.")


def say_standing(job: Answer, as_json: bool) -> None:
    """What became of a command that changes a job: how the job stands now."""
    say(job["status_message"], job, as_json)
