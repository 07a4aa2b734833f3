"""Pages that show what can be imported."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from portal.accounts.permissions import reader
from portal.errors import NotFound
from portal.importers import Definition, find_importer, importers
from portal.importers.texts import on_duplicate_text

pages = Blueprint("importers", __name__, url_prefix="/importers")


@pages.get("/")
@reader
def index() -> ResponseReturnValue:
    """All importers."""
    return render_template("importers/importers.html", importers=importers().values())


@pages.get("/<slug>")
@reader
def importer(slug: str) -> ResponseReturnValue:
    """One importer: its columns and rules, and what it does with duplicates."""
    definition = _existing(slug)
    return render_template(
        "importers/importer.html",
        importer=definition,
        duplicates=on_duplicate_text(definition.on_duplicate),
    )


@pages.get("/<slug>/template.csv")
@reader
def template(slug: str) -> ResponseReturnValue:
    """A file with the importer's headers and one example row, to be filled in."""
    definition = _existing(slug)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(column.headers[0] for column in definition.columns.values())
    writer.writerow(column.example for column in definition.columns.values())
    return _download(text.getvalue(), f"{slug}-template.csv")


@pages.get("/<slug>/sample.csv")
@reader
def sample(slug: str) -> ResponseReturnValue:
    """The importer's sample file."""
    definition = _existing(slug)
    if not definition.sample:
        raise NotFound(f"{definition.title} has no sample file.")
    return _download(Path(definition.sample).read_text(encoding="utf-8"), f"{slug}.csv")


def _existing(slug: str) -> Definition:
    definition = find_importer(slug)
    if definition is None:
        raise NotFound(f"There is no importer called {slug}.")
    return definition


def _download(text: str, filename: str) -> Response:
    response = Response(text, mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response
