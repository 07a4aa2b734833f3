"""The dashboard for programs."""

from __future__ import annotations

from typing_extensions import TypedDict

from portal.accounts.access import current_actor
from portal.accounts.permissions import reader
from portal.api.endpoint import endpoint
from portal.api.limits import api_blueprint
from portal.datajobs import queries as data_jobs
from portal.datajobs.serializers import data_job_shape
from portal.datajobs.shapes import DataJobShape
from portal.extensions import huey
from portal.runs import queries
from portal.runs.serializers import run_shape
from portal.runs.shapes import RunShape
from portal.workers.presence import workers_seen

blueprint = api_blueprint("overview_api", "/api/v1")


class OverviewShape(TypedDict):
    """What is at work, what needs a person, what happened lately. `rows_per_minute` are those of the last day in 48
    equal parts; `workers` were seen within the last minute; `waiting` tasks are in the queue, null
    where nobody knows."""

    active: list[RunShape]
    in_need: list[RunShape]
    data_jobs_active: list[DataJobShape]
    data_jobs_in_need: list[DataJobShape]
    recent: list[RunShape]
    rows_per_minute: list[int]
    workers: int
    waiting: int | None


class OverviewAnswer(TypedDict):
    """The overview."""

    data: OverviewShape


@blueprint.get("/overview")
@reader
@endpoint("Overview", answers=OverviewAnswer)
def overview() -> OverviewAnswer:
    """What the dashboard shows."""
    user = current_actor()
    at_work, in_need = data_jobs.jobs_at_work(user), data_jobs.jobs_in_need(user)
    counts = data_jobs.counts_of([job.id for job in (*at_work, *in_need)])
    return {
        "data": {
            "active": [run_shape(run) for run in queries.active_runs(user)],
            "in_need": [run_shape(run) for run in queries.runs_in_need(user)],
            "data_jobs_active": [data_job_shape(job, counts[job.id]) for job in at_work],
            "data_jobs_in_need": [data_job_shape(job, counts[job.id]) for job in in_need],
            "recent": [run_shape(run) for run in queries.recent_runs(user)],
            "rows_per_minute": queries.rows_per_minute(user),
            "workers": len(workers_seen()),
            "waiting": huey.waiting(),
        }
    }
