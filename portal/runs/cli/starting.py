"""Commands that start a run: each prints the run's id, and waits for its end where that is asked for."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from portal.client import Answer
from portal.command_line import json_option, reading_options, say, says_why_not
from portal.importers import Format
from portal.lifecycle import RunStatus
from portal.runs.cli.door import RunsDoor
from portal.runs.cli.group import asks_runs, ingest, run_argument, slug_argument
from portal.runs.cli.parameters import CELL, ROW_NUMBERS
from portal.runs.cli.texts import failure_text
from portal.runs.cli.waiting import wait_for

dry_run_option = click.option("--dry-run", is_flag=True, help="Check every row and write nothing.")
wait_option = click.option("--wait", is_flag=True, help="Wait until it has finished; exit 1 if a row failed.")
file_option = click.option("--file", "path", type=click.Path(path_type=Path), required=True, help="Where it is.")


@ingest.command("run")
@slug_argument
@file_option
@click.option(
    "--map",
    "columns",
    type=CELL,
    multiple=True,
    metavar="HEADER=COLUMN",
    help="The column for a header of the file, nothing after the = for none; can be given again.",
)
@dry_run_option
@wait_option
@json_option
@says_why_not
@reading_options
@asks_runs
def run_import(
    door: RunsDoor,
    *,
    slug: str,
    path: Path,
    columns: tuple[tuple[str, str], ...],
    dry_run: bool,
    wait: bool,
    as_json: bool,
    format: Format | None,
) -> None:
    """Import a file. How it is written and which column is which is found out, or set."""
    chosen = {header: column or None for header, column in columns}
    _started(door, door.start(slug, path, dry_run=dry_run, format=format, columns=chosen), wait, as_json)


@ingest.command("trigger")
@slug_argument
@dry_run_option
@wait_option
@json_option
@asks_runs
def trigger(door: RunsDoor, slug: str, dry_run: bool, wait: bool, as_json: bool) -> None:
    """Fetch the file from the importer's source and import it."""
    _started(door, door.trigger(slug, dry_run=dry_run), wait, as_json)


@ingest.command("retry")
@run_argument
@click.option("--rows", type=ROW_NUMBERS, metavar="ROWS", help="Only these failed rows, as in 3,7-9.")
@click.option("--error", metavar="KEY", help="Only rows that failed for this cause: a key that `errors` prints.")
@dry_run_option
@wait_option
@json_option
@asks_runs
def retry(
    door: RunsDoor, run_id: int, *, rows: list[int] | None, error: str | None, dry_run: bool, wait: bool, as_json: bool
) -> None:
    """Retry the failed rows of a run as a new run."""
    _started(door, door.retry(run_id, dry_run=dry_run, rows=rows, error=error), wait, as_json)


@ingest.command("correct")
@run_argument
@file_option
@dry_run_option
@wait_option
@json_option
@asks_runs
def correct(door: RunsDoor, run_id: int, *, path: Path, dry_run: bool, wait: bool, as_json: bool) -> None:
    """Bring the failed rows of a run in from a file, as a new run: the download of failed rows, corrected."""
    _started(door, door.correct(run_id, path, dry_run=dry_run), wait, as_json)


def _started(door: RunsDoor, answer: Answer, wait: bool, as_json: bool) -> None:
    """The id is printed before the waiting, so that whoever ends that knows it."""
    run_id = answer["data"]["id"]
    if not (wait and as_json):
        say(str(run_id), answer, as_json)
    if not wait:
        return
    answer = wait_for(door, run_id)
    if as_json:
        say(str(run_id), answer, as_json)
    if answer["data"]["status"] != RunStatus.COMPLETED:
        click.echo(failure_text(answer["data"]), err=True)
        sys.exit(1)
