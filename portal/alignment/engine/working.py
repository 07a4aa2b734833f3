"""All that workers do for alignment, one thing after the other, until nothing waits."""

from __future__ import annotations

import threading
from contextlib import ExitStack

from portal.alignment.engine.claims import Batch, claim_job, claim_sources
from portal.alignment.engine.clearing import clear_ended
from portal.alignment.engine.context import Context
from portal.alignment.engine.generating import generate
from portal.alignment.engine.last_steps import finish
from portal.alignment.models import AlignmentJob, AlignmentSource
from portal.leases import at_work

_turn = threading.Lock()
"""A worker process makes pairs in one thread, which takes a core: its other threads stay free for what else is to be
done, which would else wait behind thousands of documents."""


def work_on_waiting(context: Context) -> None:
    """Work on what waits until nothing does. Does nothing while another thread of this process is at it: that one finds
    what was added meanwhile. Failures are kept on the jobs."""
    while _turn.acquire(blocking=False):
        try:
            found = _work_on_all(context)
        finally:
            _turn.release()
        if not found:  # otherwise something may have been added while this thread still had the turn
            return


def _work_on_all(context: Context) -> bool:
    found = False
    while not context.is_ending() and _work_on_next(context):
        found = True
    if not context.is_ending():
        clear_ended(context.session)
    return found


def _work_on_next(context: Context) -> bool:
    """A job that can be brought to its end comes before documents of another."""
    if (claim := claim_job(context.session, context.by)) is not None:
        with at_work(AlignmentJob, claim.job_id):
            finish(context, claim)
        return True
    if (batch := claim_sources(context.session, context.by, context.documents)) is not None:
        _generate(context, batch)
        return True
    return False


def _generate(context: Context, batch: Batch) -> None:
    with ExitStack() as leases:
        for claim in batch.claims:
            leases.enter_context(at_work(AlignmentSource, claim.source_id))
        generate(context, batch)
