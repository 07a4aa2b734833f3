"""Commands that show importers and runs."""

from __future__ import annotations

import click

from portal.command_line import json_option, pages_text, say, table
from portal.lifecycle import RunStatus
from portal.runs.cli.door import RunsDoor
from portal.runs.cli.group import asks_runs, ingest, page_option, run_argument
from portal.runs.cli.texts import errors_text, importers_text, run_text, runs_text


@ingest.command("list")
@json_option
@asks_runs
def list_importers(door: RunsDoor, as_json: bool) -> None:
    """List the importers."""
    answer = door.importers()
    say(importers_text(answer["data"]), answer, as_json)


@ingest.command("runs")
@click.option("--status", type=click.Choice([status.value for status in RunStatus]), help="Only those in this state.")
@click.option("--importer", help="Only those of this importer.")
@page_option
@json_option
@asks_runs
def list_runs(door: RunsDoor, status: str | None, importer: str | None, page: int, as_json: bool) -> None:
    """List runs, the newest first."""
    answer = door.runs(status=status, importer=importer, page=page)
    say(runs_text(answer["data"]) + pages_text(answer["meta"]), answer, as_json)


@ingest.command("status")
@run_argument
@json_option
@asks_runs
def status(door: RunsDoor, run_id: int, as_json: bool) -> None:
    """Show how a run stands."""
    answer = door.run(run_id)
    say(run_text(answer["data"]), answer, as_json)


@ingest.command("errors")
@run_argument
@json_option
@asks_runs
def errors(door: RunsDoor, run_id: int, as_json: bool) -> None:
    """Show why rows of a run failed, the most frequent cause first."""
    answer = door.errors(run_id)
    say(errors_text(answer["data"]), answer, as_json)


@ingest.command("timeline")
@run_argument
@page_option
@json_option
@asks_runs
def timeline(door: RunsDoor, run_id: int, page: int, as_json: bool) -> None:
    """Show what happened to a run and who did it, the latest first."""
    answer = door.timeline(run_id, page=page)
    rows = [(event["created_at"], event["event_type"], event["actor"], event["message"]) for event in answer["data"]]
    say(table(["TIME", "EVENT", "WHO", "WHAT"], rows) + pages_text(answer["meta"]), answer, as_json)
