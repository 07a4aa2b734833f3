"""What is left to do for a job as a whole once all its pairs are there, by one worker."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

from portal.alignment.engine import settling
from portal.alignment.engine.claims import JobClaim, release_job
from portal.alignment.engine.context import Context
from portal.alignment.engine.deduplicating import deduplicate
from portal.alignment.engine.failures import words_of
from portal.alignment.engine.handing_over import hand_over
from portal.alignment.engine.writing import write
from portal.alignment.generating.pairs import Cancelled
from portal.errors import OutOfReach

log = logging.getLogger(__name__)


def finish(context: Context, claim: JobClaim) -> None:
    """Find duplicates, write the files, take them into the library; or write those of a completed job again. Failures
    are kept on the job, never raised."""
    try:
        _finish(context, claim)
    except Cancelled:
        log.info("Alignment %s was cancelled, deleted or taken over", claim.job_id)
        release_job(context.session, claim)


def _finish(context: Context, claim: JobClaim) -> None:
    try:
        if not claim.is_complete:
            deduplicate(context.session, claim)
        with tempfile.TemporaryDirectory(dir=context.own_folder, prefix="alignment-") as folder:
            hand_over(context, claim, write(context, claim, Path(folder)))
    except (OSError, OutOfReach) as error:
        log.warning("The files of alignment %s can't be written: %s", claim.job_id, error)
        if not settling.pause_job(context.session, claim):
            message, fix = words_of(error)
            settling.fail_job(context.session, claim, error_message=message, suggested_fix=fix)
