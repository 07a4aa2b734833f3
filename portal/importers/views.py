"""Pages that show what can be imported."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from flask import Blueprint, Response, current_app, render_template
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor
from portal.accounts.permissions import reader
from portal.database import utcnow
from portal.errors import NotFound
from portal.importers import Definition, find_importer, importers
from portal.importers.formats import to_json
from portal.importers.texts import on_duplicate_text
from portal.runs.queries import visible_run
from portal.runs.schedules import all_schedules, find_schedule, next_due
from portal.sources import SourceProblem, check_reachable

pages = Blueprint("importers", __name__, url_prefix="/importers")


@pages.get("/")
@reader
def index() -> ResponseReturnValue:
    """All importers."""
    rows, now = all_schedules(), utcnow()
    dues = {slug: next_due(definition, rows.get(slug), now) for slug, definition in importers().items()}
    return render_template("importers/importers.html", importers=importers().values(), dues=dues)


@pages.get("/<slug>")
@reader
def importer(slug: str) -> ResponseReturnValue:
    """One importer: its columns and rules, what it does with duplicates, where its file comes from."""
    definition = _existing(slug)
    schedule = find_schedule(slug) if definition.schedule else None
    last_run_id = schedule.last_run_id if schedule else None
    return render_template(
        "importers/importer.html",
        importer=definition,
        duplicates=on_duplicate_text(definition.on_duplicate),
        format=to_json(definition.format) if definition.format else None,
        schedule=schedule,
        due=next_due(definition, schedule, utcnow()),
        last_run=visible_run(current_actor(), last_run_id) if last_run_id else None,
        refusal=_refusal(definition),
    )


@pages.get("/<slug>/template.csv")
@reader
def template(slug: str) -> ResponseReturnValue:
    """A file with the importer's headers and one example row, to be filled in."""
    definition = _existing(slug)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(column.headers[0] for column in definition.file_columns)
    writer.writerow(column.example for column in definition.file_columns)
    return _download(text.getvalue(), f"{slug}-template.csv")


@pages.get("/<slug>/sample.csv")
@reader
def sample(slug: str) -> ResponseReturnValue:
    """The importer's sample file."""
    definition = _existing(slug)
    if not definition.sample:
        raise NotFound(f"{definition.title} has no sample file.")
    return _download(Path(definition.sample).read_text(encoding="utf-8"), f"{slug}.csv")


def _refusal(definition: Definition) -> SourceProblem | None:
    """Why the importer's source can't be fetched, where that is known without asking anyone."""
    try:
        if definition.source:
            check_reachable(definition.source, current_app.extensions["reach"])
    except SourceProblem as problem:
        return problem
    return None


def _existing(slug: str) -> Definition:
    definition = find_importer(slug)
    if definition is None:
        raise NotFound(f"There is no importer called {slug}.")
    return definition


def _download(text: str, filename: str) -> Response:
    response = Response(text, mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response
