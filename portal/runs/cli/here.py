"""The portal of this machine, without its web server: within the app, on its database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from flask import current_app

from portal import timeline
from portal.accounts.models import Role, User
from portal.client import Answer
from portal.command_line import COMMAND_LINE
from portal.command_line.lists import listed_here
from portal.errors import NotFound
from portal.extensions import db
from portal.files.models import StoredFile
from portal.files.operations import keep_path
from portal.importers import Format, importers
from portal.runs import operations, queries
from portal.runs.checks import named_group
from portal.runs.cli.addresses import API
from portal.runs.downloads import failed_rows_csv
from portal.runs.editing import edit_row
from portal.runs.models import IngestRun
from portal.runs.serializers import (
    check_shape,
    error_summary,
    event_shape,
    importer_json,
    row_shape,
    run_json,
    run_shape,
)
from portal.runs.trace_json import traced_row_json
from portal.runs.tracing import traced_row
from portal.web.paging import PER_PAGE
from portal.workers.presence import workers_seen


class RunsHere:
    """A `RunsDoor` for whoever may run commands on this machine, and so may see and do everything."""

    poll_seconds = 0.2

    def importers(self) -> Answer:
        return {"data": [importer_json(definition) for definition in importers().values()]}

    def runs(self, *, status: str | None, importer: str | None, page: int) -> Answer:
        everyone = User(email=COMMAND_LINE.email, role=Role.ADMIN)
        found = queries.runs_page(everyone, status=status or "", importer=importer or "", page=page, beyond=True)
        return listed_here(found, run_shape, API, status=status, importer=importer)

    def run(self, run_id: int) -> Answer:
        db.session.commit()  # what workers wrote since the last time must be seen
        return run_json(_existing(run_id))

    def errors(self, run_id: int) -> Answer:
        return error_summary(_existing(run_id), queries.error_groups(run_id))

    def timeline(self, run_id: int, *, page: int) -> Answer:
        _existing(run_id)
        found = timeline.events_page(db.session, "run", run_id, page, PER_PAGE, beyond=True)
        return listed_here(found, event_shape, f"{API}/{run_id}/timeline")

    def rows(self, run_id: int, *, status: str | None, error: str | None, page: int) -> Answer:
        run = _existing(run_id)
        if error is None:
            found = queries.rows_of(run, status=status or "", page=page, per_page=PER_PAGE, beyond=True)
        else:
            found = queries.rows_of_group(run, named_group(run_id, error), page, PER_PAGE, beyond=True)
        return listed_here(found, row_shape, f"{API}/{run_id}/rows", status=status, error=error)

    def traced_row(self, run_id: int, row_number: int) -> Answer:
        return traced_row_json(run_id, traced_row(_existing(run_id), row_number))

    def failed_rows(self, run_id: int) -> Iterator[bytes]:
        run = _existing(run_id)
        if not run.open_failures:
            raise NotFound(f"Run {run_id} has no failed rows left.")
        return map(str.encode, failed_rows_csv(run.headers, queries.open_failed_rows(run)))

    def start(
        self, slug: str, path: Path, *, dry_run: bool, format: Format | None, columns: Mapping[str, str | None]
    ) -> Answer:
        file, chosen = _kept(path), columns or None
        run = operations.start_run(
            slug, file, actor=COMMAND_LINE, dry_run=dry_run, format=format, chosen_columns=chosen
        )
        return run_json(run)

    def trigger(self, slug: str, *, dry_run: bool) -> Answer:
        return run_json(operations.trigger_import(slug, actor=COMMAND_LINE, dry_run=dry_run))

    def retry(self, run_id: int, *, dry_run: bool, rows: Sequence[int] | None, error: str | None) -> Answer:
        run = operations.retry_failed_rows(run_id, actor=COMMAND_LINE, dry_run=dry_run, rows=rows, error=error)
        return run_json(run)

    def correct(self, run_id: int, path: Path, *, dry_run: bool) -> Answer:
        return run_json(operations.correct_run(run_id, _kept(path), actor=COMMAND_LINE, dry_run=dry_run))

    def cancel(self, run_id: int) -> Answer:
        operations.cancel_run(run_id, actor=COMMAND_LINE)
        return {"message": "Cancellation request sent."}

    def edit_row(self, run_id: int, row_number: int, cells: Mapping[str, str], *, version: str | None) -> Answer:
        edited = edit_row(run_id, row_number, cells, actor=COMMAND_LINE, version=version)
        return {"data": row_shape(edited.row), "check": check_shape(edited.check)}

    def why_still(self, status: str) -> str:  # noqa: ARG002 - what workers say tells more
        return "" if workers_seen() else "No worker is running: start one with portal worker."


def _existing(run_id: int) -> IngestRun:
    run = queries.find_run(run_id)
    if run is None:
        raise NotFound(f"There is no run {run_id}.")
    return run


def _kept(path: Path) -> StoredFile:
    return keep_path(path, folder=current_app.config["PORTAL"].data_dir / "incoming", user_id=None)
