"""`portal ingest ...`: the same operations as the pages."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from portal.command_line import COMMAND_LINE, json_option, reading_options, say, says_why_not
from portal.errors import NotFound
from portal.extensions import db
from portal.files.operations import keep_path
from portal.importers import Definition, Format, importers
from portal.lifecycle import RunStatus
from portal.runs import operations, queries
from portal.runs.models import IngestRun
from portal.runs.serializers import error_summary, importer_json, run_json
from portal.runs.trace_texts import traced_row_json, traced_row_text
from portal.runs.tracing import traced_row

ingest = AppGroup("ingest", help="Row imports.")
run_argument = click.argument("run_id", type=int, metavar="ID")
dry_run_option = click.option("--dry-run", is_flag=True, help="Check every row and write nothing.")
wait_option = click.option("--wait", is_flag=True, help="Wait until it has finished; exit 1 if a row failed.")

BAR_WIDTH = 30
POLL_SECONDS = 0.2


@ingest.command("list")
@json_option
def list_importers(as_json: bool) -> None:
    """List the importers."""
    found = list(importers().values())
    lines = [importer_line(definition) for definition in found]
    say("\n".join(lines), {"data": [importer_json(definition) for definition in found]}, as_json)


@ingest.command("run")
@click.argument("slug")
@click.option("--file", "path", type=click.Path(path_type=Path), required=True, help="The file to import.")
@dry_run_option
@wait_option
@json_option
@says_why_not
@reading_options
def run_import(slug: str, *, path: Path, dry_run: bool, wait: bool, as_json: bool, format: Format | None) -> None:
    """Import a file; prints the run's id. How it is written is found out, or set."""
    folder = current_app.config["PORTAL"].data_dir / "incoming"
    file = keep_path(path, folder=folder, user_id=None)
    run = operations.start_run(slug, file, actor=COMMAND_LINE, dry_run=dry_run, format=format)
    _started(run, wait, as_json)


@ingest.command("trigger")
@click.argument("slug")
@dry_run_option
@wait_option
@json_option
@says_why_not
def trigger(slug: str, dry_run: bool, wait: bool, as_json: bool) -> None:
    """Fetch the file from the importer's source and import it; prints the run's id."""
    _started(operations.trigger_import(slug, actor=COMMAND_LINE, dry_run=dry_run), wait, as_json)


@ingest.command("status")
@run_argument
@json_option
@says_why_not
def status(run_id: int, as_json: bool) -> None:
    """Show how a run stands."""
    run = _existing(run_id)
    say(status_text(run), run_json(run), as_json)


@ingest.command("cancel")
@run_argument
@json_option
@says_why_not
def cancel(run_id: int, as_json: bool) -> None:
    """Ask a run to stop."""
    operations.cancel_run(run_id, actor=COMMAND_LINE)
    message = "Cancellation request sent."
    say(message, {"message": message}, as_json)


@ingest.command("retry")
@run_argument
@dry_run_option
@wait_option
@json_option
@says_why_not
def retry(run_id: int, dry_run: bool, wait: bool, as_json: bool) -> None:
    """Retry the failed rows of a run as a new run; prints its id."""
    _started(operations.retry_failed_rows(run_id, actor=COMMAND_LINE, dry_run=dry_run), wait, as_json)


@ingest.command("errors")
@run_argument
@json_option
@says_why_not
def errors(run_id: int, as_json: bool) -> None:
    """Show why rows of a run failed, the most frequent cause first."""
    run = _existing(run_id)
    groups = queries.error_groups(run_id)
    lines = [f"{run.failed:,} rows failed, {run.open_failures:,} of them are open."]
    for group in groups:
        lines += [f"{group.count:>9,}  {group.message}", f"{'':>9}  {group.suggested_fix}"]
    say("\n".join(lines), error_summary(run, groups), as_json)


@ingest.command("trace")
@run_argument
@click.argument("row_number", type=click.IntRange(1, 2**63 - 1), metavar="ROW")
@json_option
@says_why_not
def trace(run_id: int, row_number: int, as_json: bool) -> None:
    """Show how a row that is kept of a run became what it is."""
    traced = traced_row(_existing(run_id), row_number)
    say(traced_row_text(run_id, traced), traced_row_json(run_id, traced), as_json)


def importer_line(definition: Definition) -> str:
    """The importer with its table, and its source where it has one."""
    line = f"{definition.slug:<20} {definition.title} -> {definition.table}"
    if definition.source:
        line += f" from {definition.source.shown}"
    return f"{line} at {definition.schedule.expression} UTC" if definition.schedule else line


def status_text(run: IngestRun) -> str:
    """The run in some lines, with a bar."""
    kind = " (dry run)" if run.dry_run else ""
    lines = [
        f"Run {run.id}: {run.original_filename} -> {run.importer}{kind}",
        f"Status: {run.status.replace('_', ' ')}",
        progress_bar(run),
        f"{run.successful:,} imported, {run.skipped:,} skipped, {run.failed:,} failed",
    ]
    if run.retried_from_run_id:
        lines.insert(1, f"Retries run {run.retried_from_run_id}.")
    if run.error:
        lines.append(f"Error: {run.error} {run.error_fix or ''}".rstrip())
    return "\n".join(lines)


def progress_bar(run: IngestRun) -> str:
    """[#####.....] 50 %  41,200 of 82,400 rows, ..."""
    percent = int(run.progress.percent or 0)  # rounded down: what isn't done must not read 100 %
    filled = BAR_WIDTH * percent // 100
    return f"[{'#' * filled}{'.' * (BAR_WIDTH - filled)}] {percent:3} %  {run.progress.text}"


def _started(run: IngestRun, wait: bool, as_json: bool) -> None:
    run_id = run.id
    if wait:
        run = _wait(run_id)
    say(str(run_id), run_json(run), as_json)
    if wait and run.status != RunStatus.COMPLETED:
        if run.error:
            click.echo(f"{run.error} {run.error_fix or ''}".rstrip(), err=True)
        else:
            click.echo(f"{run.failed:,} rows failed: portal ingest errors {run_id}", err=True)
        sys.exit(1)


def _wait(run_id: int) -> IngestRun:
    """Watch until the run has finished, with a bar on standard error where that is a terminal."""
    watch: Callable[[IngestRun], None] = _redraw if sys.stderr.isatty() else lambda _run: None
    while True:
        db.session.commit()  # what workers wrote meanwhile must be seen
        run = _existing(run_id)
        watch(run)
        if run.is_finished:
            if sys.stderr.isatty():
                click.echo(err=True)
            return run
        time.sleep(POLL_SECONDS)


def _redraw(run: IngestRun) -> None:
    click.echo(f"\r\x1b[K{progress_bar(run)}", err=True, nl=False)


def _existing(run_id: int) -> IngestRun:
    run = queries.find_run(run_id)
    if run is None:
        raise NotFound(f"There is no run {run_id}.")
    return run
