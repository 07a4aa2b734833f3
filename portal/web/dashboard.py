"""The dashboard: what is at work, what needs a person, what happened lately."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor
from portal.accounts.permissions import public, reader
from portal.datajobs import queries as data_jobs
from portal.extensions import huey
from portal.runs import queries
from portal.workers.presence import workers_seen

blueprint = Blueprint("dashboard", __name__)


@blueprint.get("/")
@reader
def dashboard() -> ResponseReturnValue:
    return render_template("dashboard/dashboard.html", **_parts())


@blueprint.get("/live")
@reader
def live() -> ResponseReturnValue:
    """The part that changes by itself."""
    return render_template("dashboard/_live.html", **_parts())


@blueprint.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """The web process is alive."""
    return {"status": "ok"}


def _parts() -> dict[str, Any]:
    user = current_actor()
    jobs_at_work, jobs_in_need = data_jobs.jobs_at_work(user), data_jobs.jobs_in_need(user)
    return {
        "active": queries.active_runs(user),
        "in_need": queries.runs_in_need(user),
        "jobs_at_work": jobs_at_work,
        "jobs_in_need": jobs_in_need,
        "job_counts": data_jobs.counts_of([job.id for job in (*jobs_at_work, *jobs_in_need)]),
        "recent": queries.recent_runs(user),
        "rows_per_minute": queries.rows_per_minute(user),
        "workers": len(workers_seen()),
        "waiting": huey.waiting(),
    }
