"""What is left to do for a run as a whole, by one worker: to write an all-or-nothing run, to call `after_run`."""

from __future__ import annotations

from portal.runs.engine.context import Context
from portal.runs.engine.run_hooks import call_after_run
from portal.runs.engine.whole_run import write_whole_run


def do_last_step(context: Context, run_id: int) -> None:
    """Do what is due and this worker's to do; nothing else, which is no error."""
    write_whole_run(context, run_id)
    call_after_run(context, run_id)
