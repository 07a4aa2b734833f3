"""Telling how far the writing of files is, not more often than people look."""

from __future__ import annotations

import time

from portal.alignment.engine import settling
from portal.alignment.engine.claims import JobClaim, hold_job
from portal.alignment.models import StepKey
from portal.database import AnySession, writing

SECONDS = 0.25
"""Between two reports."""


class Report:
    """Of a job that is complete nothing is told: its steps have ended."""

    def __init__(self, session: AnySession, claim: JobClaim) -> None:
        self._session, self._claim, self._next = session, claim, time.monotonic() + SECONDS

    def done(self, pairs: int) -> None:
        """So many pairs are written. Raises Cancelled where the claim is lost."""
        if time.monotonic() < self._next:
            return
        with writing(self._session):
            hold_job(self._session, self._claim)
            if not self._claim.is_complete:
                settling.set_done(self._session, self._claim.job_id, StepKey.WRITING, pairs)
        self._next = time.monotonic() + SECONDS
