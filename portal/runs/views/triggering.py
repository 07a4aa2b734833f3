"""Starting a run of the file that an importer's source gives."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor
from portal.accounts.permissions import writer
from portal.runs import operations
from portal.runs.views.actions import to_run
from portal.runs.views.blueprint import blueprint


@blueprint.post("/trigger/<slug>")
@writer
def trigger(slug: str) -> ResponseReturnValue:
    """Fetch the file and import it."""
    dry_run = request.form.get("dry_run") == "1"
    return to_run(operations.trigger_import(slug, actor=current_actor(), dry_run=dry_run).id)
