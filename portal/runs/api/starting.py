"""What starts a run: an upload, an importer's own source, a retry."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from flask import Response, jsonify, request, url_for
from pydantic import Field, Json

from portal.accounts.access import current_actor
from portal.accounts.permissions import writer
from portal.api.endpoint import endpoint
from portal.api.once import at_most_once
from portal.api.parsing import Input, StrictInput
from portal.files.operations import keep_upload
from portal.idempotency import Once
from portal.importers.reading_options import format_of
from portal.runs import operations
from portal.runs.api.blueprint import blueprint
from portal.runs.api.reading import visible
from portal.runs.models import IngestRun
from portal.runs.serializers import run_json
from portal.runs.shapes import MOST_ROWS, RunAnswer

NEXT = dict.fromkeys(
    ("runs_api.run", "runs_api.rows", "runs_api.summary", "runs_api.run_timeline", "runs_api.cancel", "runs_api.retry"),
    "run_id",
)
"""What can be asked about the run that was started."""

ACCEPTED = HTTPStatus.ACCEPTED


class Upload(Input):
    """What a form may say beside its file. How the file is written is found out where it isn't said."""

    dry_run: bool = Field(False, description="Check every row and write nothing.")
    mapping: Json[dict[str, str | None]] | None = Field(
        None, description="JSON: header of the file -> column of the importer, null for none. Others are found out."
    )
    format: str | None = Field(None, description="delimited, json, json_lines, workbook, parquet.")
    delimiter: str | None = Field(None, description="One character, or comma, semicolon, tab, pipe.")
    quote: str | None = Field(None, description="The character around fields, or “none”.")
    encoding: str | None = Field(None, description="Such as cp1251.")
    header_row: str | None = Field(None, description="The line or row of the headers, from 1.")
    sheet: str | None = Field(None, description="Of a workbook: its name, or its position from 1.")
    pointer: str | None = Field(None, description="Of JSON: the way to the array, such as /data/rows.")

    @property
    def reading_options(self) -> dict[str, str | None]:
        return self.model_dump(exclude={"dry_run", "mapping"})


class Correction(Input):
    """What a form may say beside a corrected file."""

    dry_run: bool = Field(False, description="Check every row and write nothing.")


class Trigger(StrictInput):
    """How the file of the source is imported."""

    dry_run: bool = Field(False, description="Check every row and write nothing.")


class Retry(StrictInput):
    """Which failed rows are retried: all that are open, unless `rows` or `error` says which."""

    dry_run: bool = Field(False, description="Check every row and write nothing.")
    rows: list[int] | None = Field(None, min_length=1, max_length=MOST_ROWS, description="Their numbers.")
    error: str | None = Field(None, min_length=1, max_length=120, description="The `key` of a group of failures.")


@blueprint.post("/upload/<slug>")
@writer
@endpoint("Upload and import a file", form=Upload, answers=RunAnswer, status=ACCEPTED, starts=True, links=NEXT)
def upload(slug: str, form: Upload) -> Response:
    """Take a file in and begin to import it. What can't be imported at all is refused at once, with why."""
    user, format = current_actor(), format_of(form.reading_options)

    def begin(once: Once | None) -> IngestRun:
        file = keep_upload(request.files["file"], user_id=user.id)
        return operations.start_run(
            slug, file, actor=user, dry_run=form.dry_run, format=format, chosen_columns=form.mapping, once=once
        )

    return _started(begin)


@blueprint.post("/trigger/<slug>")
@writer
@endpoint("Import from a source", body=Trigger, answers=RunAnswer, status=ACCEPTED, starts=True, links=NEXT)
def trigger(slug: str, body: Trigger) -> Response:
    """Fetch the file from the path, address or store that the importer names, and import it."""
    user = current_actor()
    return _started(lambda once: operations.trigger_import(slug, actor=user, dry_run=body.dry_run, once=once))


@blueprint.post("/<int:run_id>/retry")
@writer
@endpoint("Retry failed rows", body=Retry, answers=RunAnswer, status=ACCEPTED, starts=True, refuses=(409,), links=NEXT)
def retry(run_id: int, body: Retry) -> Response:
    """Begin a new run of failed rows that no run has brought in yet, as they are after edits. The answer is the new
    run. 400 where no failed row is open, 409 while the run itself or another retry of it is at work."""
    user = current_actor()
    return _started(
        lambda once: operations.retry_failed_rows(
            run_id, actor=user, dry_run=body.dry_run, rows=body.rows, error=body.error, once=once
        )
    )


@blueprint.post("/<int:run_id>/correct")
@writer
@endpoint(
    "Upload corrected rows",
    form=Correction,
    answers=RunAnswer,
    status=ACCEPTED,
    starts=True,
    refuses=(400, 409),
    links=NEXT,
)
def correct(run_id: int, form: Correction) -> Response:
    """Begin a new run of the corrected download of failed rows; rows that go in are settled in this run."""
    user = current_actor()

    def begin(once: Once | None) -> IngestRun:
        file = keep_upload(request.files["file"], user_id=user.id)
        return operations.correct_run(run_id, file, actor=user, dry_run=form.dry_run, once=once)

    return _started(begin)


def _started(begin: Callable[[Once | None], IngestRun]) -> Response:
    run = at_most_once(begin, visible)
    response = jsonify(run_json(run))
    response.status_code = ACCEPTED
    response.headers["Location"] = url_for("runs_api.run", run_id=run.id)
    return response
