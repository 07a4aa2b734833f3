"""Two people, or two workers, at the same moment."""

from __future__ import annotations

import pytest

from portal.datajobs import operations
from portal.datajobs.engine import claims, settling
from portal.datajobs.models import FileRecord
from portal.documents import failures
from portal.errors import NothingToDo, PortalError
from portal.extensions import db
from portal.files.operations import delete_file
from tests.support.at_once import at_once
from tests.support.job_lab import JobLab


def test_of_two_workers_that_settle_the_last_two_records_one_says_that_it_is_done(job_lab: JobLab) -> None:
    job_id = job_lab.job(*[job_lab.file(f"{number}.txt") for number in range(8)])
    held = [claims.claim_next(db.session, job_lab.context(worker=f"w{number}").by) for number in range(8)]

    def fail(claim: claims.Claim) -> None:
        settling.fail(job_lab.context(worker=claim.worker), claim, failures.INTERNAL)

    at_once(job_lab.app, *[lambda claim=claim: fail(claim) for claim in held if claim])
    assert set(job_lab.states(job_id).values()) == {"failed"}
    assert job_lab.events(job_id).count("File Processing Completed") == 1
    assert job_lab.events(job_id)[-1] == "File Processing Completed"


def test_workers_that_claim_at_once_take_different_records(job_lab: JobLab) -> None:
    job_id = job_lab.job(*[job_lab.file(f"{number}.txt") for number in range(6)])

    def claim(worker: str) -> int | None:
        found = claims.claim_next(db.session, job_lab.context(worker=worker).by)
        return found and found.record_id

    taken = at_once(job_lab.app, *[lambda number=number: claim(f"w{number}") for number in range(6)])
    assert len(set(taken)) == 6
    assert None not in taken
    assert job_lab.events(job_id).count("File Processing Started") == 1


def test_two_people_retry_at_once(job_lab: JobLab) -> None:
    job_id = job_lab.job(job_lab.file("a.txt", " "), job_lab.file("b.txt", " "))
    job_lab.convert()
    retry = lambda: operations.retry_files(job_id, actor=job_lab.user)  # noqa: E731
    outcomes = at_once(job_lab.app, retry, retry)
    assert sorted(type(outcome) for outcome in outcomes if isinstance(outcome, PortalError)) == [NothingToDo]
    assert job_lab.events(job_id).count("File Retried") == 1
    assert set(job_lab.states(job_id).values()) == {"queued"}


def test_cancelling_while_workers_settle_ends_each_record_once(job_lab: JobLab) -> None:
    job_id = job_lab.job(*[job_lab.file(f"{number}.txt") for number in range(6)])
    held = [claims.claim_next(db.session, job_lab.context(worker=f"w{number}").by) for number in range(3)]

    def fail(claim: claims.Claim) -> None:
        settling.fail(job_lab.context(worker=claim.worker), claim, failures.INTERNAL)

    at_once(
        job_lab.app,
        lambda: operations.cancel_processing(job_id, actor=job_lab.user),
        *[lambda claim=claim: fail(claim) for claim in held if claim],
    )
    states = list(job_lab.states(job_id).values())
    failed = states.count("failed")
    assert states.count("cancelled") == 6 - failed
    assert job_lab.events(job_id).count("File Failed") == failed
    assert job_lab.events(job_id).count("File Processing Completed") == 1
    assert db.session.query(FileRecord).filter(FileRecord.worker.is_not(None)).count() == 0


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_a_file_that_is_deleted_while_it_is_added_is_one_or_the_other(job_lab: JobLab, name: str) -> None:
    job_id, file_id = job_lab.job(), job_lab.file(name, "# A\n")
    added, deleted = at_once(
        job_lab.app,
        lambda: job_lab.add(job_id, file_id),
        lambda: delete_file(file_id, actor=job_lab.user),
    )
    assert isinstance(added, operations.Handed)
    if isinstance(deleted, PortalError):
        assert "Handbooks" in deleted.detail
        assert added.added == [name]
        assert not added.failed
    else:
        assert added.failed == [file_id]


def test_two_people_put_files_in_one_place_at_once(job_lab: JobLab) -> None:
    old, first, second = (job_lab.file(f"{name}.txt") for name in ("old", "first", "second"))
    job_id = job_lab.job(old)
    outcomes = at_once(
        job_lab.app,
        *[lambda new=new: operations.replace_file(job_id, old, new, actor=job_lab.user) for new in (first, second)],
    )
    assert sum(isinstance(outcome, PortalError) for outcome in outcomes) == 1
    assert len(job_lab.files(job_id)) == 1
