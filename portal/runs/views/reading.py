"""Pages that show runs: the list, one run with its live part, the download of failed rows."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal import timeline
from portal.accounts.access import current_actor
from portal.accounts.permissions import can_change, reader
from portal.errors import NotFound
from portal.extensions import db
from portal.importers import find_importer, importers
from portal.importers.reading_options import options_of
from portal.runs import queries
from portal.runs.downloads import failed_rows_csv
from portal.runs.forms import STATUS_NAMES, CorrectedFileForm
from portal.runs.models import IngestErrorGroup, IngestRun
from portal.runs.views.blueprint import blueprint
from portal.web.attachments import attachment
from portal.web.requests import page_number


@blueprint.get("/")
@reader
def runs() -> ResponseReturnValue:
    """All runs, newest first."""
    filters = {name: request.args.get(name, "") for name in ("status", "importer")}
    page = queries.runs_page(
        current_actor(), status=filters["status"], importer=filters["importer"], page=page_number()
    )
    titles = {slug: definition.title for slug, definition in importers().items()}
    return render_template("runs/runs.html", page=page, filters=filters, statuses=STATUS_NAMES, importers=titles)


@blueprint.get("/<int:run_id>")
@reader
def run(run_id: int) -> ResponseReturnValue:
    """One run."""
    return render_template("runs/run.html", **live_parts(visible(run_id)), form=CorrectedFileForm(formdata=None))


@blueprint.get("/<int:run_id>/live")
@reader
def live(run_id: int) -> ResponseReturnValue:
    """The part of the run's page that changes while it is at work."""
    return render_template("runs/_live.html", **live_parts(visible(run_id)), form=CorrectedFileForm(formdata=None))


@blueprint.get("/<int:run_id>/failed-rows.csv")
@reader
def failed_rows(run_id: int) -> ResponseReturnValue:
    """The failed rows that nobody has brought in yet, with why they failed, to be corrected and uploaded."""
    shown = visible(run_id)
    if not shown.open_failures:
        raise NotFound(f"Run {run_id} has no failed rows left.")
    lines = failed_rows_csv(shown.headers, queries.open_failed_rows(shown))
    return attachment(lines, "text/csv", f"run-{run_id}-failed-rows.csv")


def live_parts(run: IngestRun) -> dict[str, Any]:
    """What the live part of a run's page is made from, for the page and the poll alike."""
    user = current_actor()
    return {
        "run": run,
        "importer": find_importer(run.importer),
        "groups": queries.error_groups(run.id),
        "retries": queries.retries_of(run.id),
        "events": timeline.events_page(db.session, "run", run.id),
        "throughput": queries.throughput(run.id),
        "reading": options_of(run.format),
        "may_change": can_change(user, run.user_id),
    }


def visible(run_id: int) -> IngestRun:
    """The run, if the signed-in user may see it. Raises NotFound."""
    found = queries.visible_run(current_actor(), run_id)
    if found is None:
        raise NotFound(f"There is no run {run_id}.", fix="It may belong to someone else.")
    return found


def visible_group(run: IngestRun, key: str) -> IngestErrorGroup:
    """One group of failures of `run`. Raises NotFound."""
    found = queries.find_group(run.id, key)
    if found is None:
        raise NotFound(f"Run {run.id} has no such group of failures.")
    return found
