"""What can be imported."""

from __future__ import annotations

from portal.accounts.permissions import reader
from portal.api.endpoint import endpoint
from portal.errors import NotFound
from portal.importers import find_importer, importers
from portal.runs.api.blueprint import blueprint
from portal.runs.serializers import importer_json
from portal.runs.shapes import ImporterAnswer, ImportersAnswer


@blueprint.get("/importers")
@reader
@endpoint("List importers", answers=ImportersAnswer)
def all_importers() -> ImportersAnswer:
    """All importers, with their columns, rules, keys and sources."""
    return {"data": [importer_json(definition) for definition in importers().values()]}


@blueprint.get("/importers/<slug>")
@reader
@endpoint("Show an importer", answers=ImporterAnswer)
def importer(slug: str) -> ImporterAnswer:
    """One importer."""
    definition = find_importer(slug)
    if definition is None:
        raise NotFound(f"There is no importer called {slug}.")
    return {"data": importer_json(definition)}
