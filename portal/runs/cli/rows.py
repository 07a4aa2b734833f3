"""Commands that show and change the rows that are kept of a run."""

from __future__ import annotations

from pathlib import Path

import click

from portal.command_line import WrongUsage, json_option, pages_text, save, say
from portal.lifecycle import RowStatus
from portal.runs.cli.door import RunsDoor
from portal.runs.cli.group import asks_runs, ingest, page_option, row_argument, run_argument
from portal.runs.cli.parameters import CELL
from portal.runs.cli.texts import edited_text, rows_text
from portal.runs.cli.trace_text import trace_text


@ingest.command("rows")
@run_argument
@click.option("--status", type=click.Choice([status.value for status in RowStatus]), help="Only those that ended so.")
@click.option("--error", metavar="KEY", help="Only those that failed for this cause: a key that `errors` prints.")
@page_option
@json_option
@asks_runs
def rows(door: RunsDoor, run_id: int, *, status: str | None, error: str | None, page: int, as_json: bool) -> None:
    """List the rows that are kept of a run: those that failed, or all where the importer keeps all."""
    if error and status not in (None, RowStatus.FAILED):
        raise WrongUsage("Only failed rows have a cause: leave out --status or --error.")
    answer = door.rows(run_id, status=status, error=error, page=page)
    say(rows_text(answer["data"]) + pages_text(answer["meta"]), answer, as_json)


@ingest.command("trace")
@run_argument
@row_argument
@json_option
@asks_runs
def trace(door: RunsDoor, run_id: int, row_number: int, as_json: bool) -> None:
    """Show how a row that is kept of a run became what it is."""
    answer = door.traced_row(run_id, row_number)
    say(trace_text(answer["data"]), answer, as_json)


@ingest.command("edit")
@run_argument
@row_argument
@click.argument("cells", type=CELL, nargs=-1, required=True, metavar="HEADER=VALUE...")
@click.option("--version", help="That of the row as you saw it (`rows --json`): refused if it was edited since.")
@json_option
@asks_runs
def edit(
    door: RunsDoor,
    run_id: int,
    row_number: int,
    *,
    cells: tuple[tuple[str, str], ...],
    version: str | None,
    as_json: bool,
) -> None:
    """Give a failed row other cells and check it; `retry` then takes it as it is now."""
    answer = door.edit_row(run_id, row_number, dict(cells), version=version)
    say(edited_text(answer), answer, as_json)


@ingest.command("download")
@run_argument
@click.option("--output", "-o", "path", type=click.Path(path_type=Path), help="The file to write; else it is printed.")
@asks_runs
def download(door: RunsDoor, run_id: int, path: Path | None) -> None:
    """Write the failed rows of a run as CSV, to be corrected and given to `correct`."""
    blocks = door.failed_rows(run_id)
    if path:
        save(path, blocks)
        return
    for block in blocks:
        click.echo(block, nl=False)
