"""The folder of files is gone: runs wait until it is back, and say so if it stays away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from portal.errors import OutOfReach
from portal.extensions import huey
from portal.lifecycle import RunStatus
from portal.runs.engine import claims, recovery, staging
from tests.support.databases import ON_BOTH
from tests.support.lab import Lab, counts

NOTES = "body\none\ntwo\n"
GONE = "The folder in which the portal keeps its files is gone."


@pytest.fixture
def app(importing_app: Flask) -> Flask:
    return importing_app


@contextmanager
def away(lab: Lab) -> Iterator[None]:
    folder = lab.folder / "files"
    elsewhere = folder.rename(lab.folder / "away")
    try:
        yield
    finally:
        elsewhere.rename(folder)


@ON_BOTH
def test_staging_is_put_off(lab: Lab) -> None:
    run_id = lab.start("notes", NOTES)
    with away(lab):
        lab.drain()
        run = lab.find(run_id)
        assert (run.status, run.worker, run.error) == (RunStatus.PROCESSING, None, None)
    lab.write("UPDATE ingest_runs SET enqueued_at = '2000-01-01 00:00:00.000000'")
    recovery.recover(lab.context("pulse"), gone_workers=(), queue_is_empty=True)
    lab.drain()
    assert (lab.find(run_id).status, counts(lab.find(run_id))) == (RunStatus.COMPLETED, (2, 2, 0, 0))


def test_the_last_attempt_to_stage_ends_the_run_with_a_sentence(lab: Lab) -> None:
    run_id = lab.start("notes", NOTES)
    lab.write("UPDATE ingest_runs SET attempts = :tried", tried=claims.MAX_ATTEMPTS - 1)
    with away(lab):
        lab.drain()
    assert (lab.find(run_id).status, lab.find(run_id).error) == (RunStatus.FAILED, GONE)
    assert lab.find(run_id).error_fix


def test_the_last_attempt_at_a_chunk_ends_the_run_with_a_sentence(lab: Lab) -> None:
    run_id = lab.start("notes", NOTES)
    staging.stage_run(lab.context(), run_id)
    lab.write("UPDATE ingest_chunks SET attempts = :tried", tried=claims.MAX_ATTEMPTS - 1)
    with away(lab):
        lab.drain()
    assert (lab.find(run_id).status, lab.find(run_id).error) == (RunStatus.FAILED, GONE)


def test_an_upload_is_refused_with_a_sentence(lab: Lab) -> None:
    with away(lab), pytest.raises(OutOfReach, match=GONE):
        lab.start("notes", NOTES)
    assert huey.pending_count() == 0
