"""Commands that change a run that is there."""

from __future__ import annotations

from portal.command_line import json_option, say
from portal.runs.cli.door import RunsDoor
from portal.runs.cli.group import asks_runs, ingest, run_argument


@ingest.command("cancel")
@run_argument
@json_option
@asks_runs
def cancel(door: RunsDoor, run_id: int, as_json: bool) -> None:
    """Ask a run to stop."""
    answer = door.cancel(run_id)
    say(answer["message"], answer, as_json)
