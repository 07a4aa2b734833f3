"""Runs, one and many, and why their rows failed."""

from __future__ import annotations

from typing import Any, Literal

from flask import Response
from pydantic import Field

from portal import timeline
from portal.accounts.access import current_actor
from portal.accounts.permissions import reader
from portal.api.endpoint import endpoint
from portal.api.lists import Listed, PageQuery, listed
from portal.api.parsing import Input
from portal.errors import NotFound
from portal.extensions import db
from portal.lifecycle import RunStatus
from portal.runs import queries
from portal.runs.api.blueprint import blueprint
from portal.runs.downloads import failed_rows_csv
from portal.runs.models import IngestRun
from portal.runs.serializers import error_summary, event_shape, row_shape, run_json, run_shape
from portal.runs.shapes import EventShape, RunAnswer, RunShape, SummaryAnswer
from portal.web.attachments import attachment

INCLUDED_ROWS = 100
INCLUDED = r"^(rows|timeline)(,(rows|timeline))*$"


class RunsFilter(Input):
    """Which runs."""

    status: RunStatus | None = Field(None, description="Only those in this state.")
    importer: str | None = Field(None, min_length=1, max_length=100, description="Only those of this importer (slug).")


class RunsQuery(RunsFilter, PageQuery):
    """Which runs, and which part of them."""


class RunQuery(Input):
    """What is to be there beside the run itself."""

    include: str | None = Field(
        None,
        pattern=INCLUDED,
        description="`rows` (the first 100 that are kept), `timeline`, or both with a comma between.",
    )

    def includes(self, name: Literal["rows", "timeline"]) -> bool:
        return name in (self.include or "").split(",")


@blueprint.get("/", strict_slashes=False)
@reader
@endpoint("List runs", query=RunsQuery, answers=Listed[RunShape])
def runs(query: RunsQuery) -> dict[str, Any]:
    """The runs that the account may see, newest first."""
    found = queries.runs_page(
        current_actor(),
        status=query.status or "",
        importer=query.importer or "",
        page=query.page,
        per_page=query.per_page,
        beyond=True,
    )
    return listed(found, run_shape)


@blueprint.get("/<int:run_id>")
@reader
@endpoint("Show a run", query=RunQuery, answers=RunAnswer)
def run(run_id: int, query: RunQuery) -> RunAnswer:
    """How a run stands; ask again with `If-None-Match`, and the answer is 304 while nothing has changed."""
    shown = visible(run_id)
    answer = run_json(shown)
    if query.includes("rows"):
        answer["data"]["rows"] = [row_shape(row) for row in queries.rows_of(shown, per_page=INCLUDED_ROWS).items]
    if query.includes("timeline"):
        events = timeline.events_of(db.session, "run", run_id)
        answer["data"]["timeline"] = [event_shape(event) for event in events]
    return answer


@blueprint.get("/<int:run_id>/timeline")
@reader
@endpoint("Show a run's timeline", query=PageQuery, answers=Listed[EventShape])
def run_timeline(run_id: int, query: PageQuery) -> dict[str, Any]:
    """What happened to a run, newest first: who did what, and each edit of a row with what was there before."""
    visible(run_id)
    found = timeline.events_page(db.session, "run", run_id, query.page, query.per_page, beyond=True)
    return listed(found, event_shape)


@blueprint.get("/<int:run_id>/errors/summary")
@reader
@endpoint("Say why rows failed", answers=SummaryAnswer)
def summary(run_id: int) -> SummaryAnswer:
    """The failures of a run by cause, the most frequent first, each with what to do about it."""
    shown = visible(run_id)
    return error_summary(shown, queries.error_groups(run_id))


@blueprint.get("/<int:run_id>/failed-rows/download")
@reader
@endpoint("Download failed rows", media=("text/csv",))
def failed_rows(run_id: int) -> Response:
    """The failed rows that nobody has brought in yet, as CSV: the original columns, then `_error_message` and
    `_row_number`. Corrected, it can be uploaded to the same importer as it is. 404 where there are none."""
    shown = visible(run_id)
    if not shown.open_failures:
        raise NotFound(f"Run {run_id} has no failed rows left.")
    lines = failed_rows_csv(shown.headers, queries.open_failed_rows(shown))
    return attachment(lines, "text/csv", f"run-{run_id}-failed-rows.csv")


def visible(run_id: int) -> IngestRun:
    """The run, if the account may see it. Raises NotFound."""
    found = queries.watched_run(current_actor(), run_id)
    if found is None:
        raise NotFound(f"There is no run {run_id}.")
    return found
