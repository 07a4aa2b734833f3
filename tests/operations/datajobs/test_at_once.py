"""Two people, or two workers, at the same moment."""

from __future__ import annotations

import pytest

from portal.datajobs import operations
from portal.datajobs.engine import claims, settling
from portal.datajobs.models import DataJob, DataJobFile, FileRecord, IngestionJob
from portal.documents import failures
from portal.errors import NotFound, NothingToDo, PortalError
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


def test_deleting_a_job_while_workers_settle_ends_with_nothing_left(job_lab: JobLab) -> None:
    job_id = job_lab.job(*[job_lab.file(f"{number}.txt") for number in range(6)])
    held = [claims.claim_next(db.session, job_lab.context(worker=f"w{number}").by) for number in range(6)]

    def fail(claim: claims.Claim) -> None:
        settling.fail(job_lab.context(worker=claim.worker), claim, failures.INTERNAL)

    workers = [lambda claim=claim: fail(claim) for claim in held if claim]
    outcomes = at_once(
        job_lab.app, *workers[:3], lambda: operations.delete_job(job_id, actor=job_lab.user), *workers[3:]
    )
    assert "Handbooks" in outcomes
    assert rows_left() == 0


def test_a_job_that_two_people_delete_while_files_are_added_leaves_nothing(job_lab: JobLab) -> None:
    job_id, more = job_lab.job(job_lab.file("a.txt")), [job_lab.file(f"{number}.txt") for number in range(4)]
    delete = lambda: operations.delete_job(job_id, actor=job_lab.user)  # noqa: E731
    _, *deleted = at_once(job_lab.app, lambda: job_lab.add(job_id, *more), delete, delete)
    assert [isinstance(outcome, NotFound) for outcome in deleted].count(True) == 1
    assert rows_left() == 0


@pytest.mark.parametrize("how", ["removed", "deleted"])
def test_a_clone_has_all_of_a_job_or_nothing_of_it_while_that_is_emptied(job_lab: JobLab, how: str) -> None:
    files = [job_lab.file(f"{number}.txt") for number in range(4)]
    job_id = job_lab.job(*files)
    job_lab.convert()
    empty = {
        "removed": lambda: operations.remove_files(job_id, files, actor=job_lab.user),
        "deleted": lambda: operations.delete_job(job_id, actor=job_lab.user),
    }[how]
    clone, _ = at_once(job_lab.app, lambda: operations.clone_job(job_id, actor=job_lab.user).id, empty)
    names = list(job_lab.states(clone)) if isinstance(clone, str) else []
    assert len(names) in (0, 4)
    assert ["Some text." in job_lab.result(str(clone), name) for name in names] == [True] * len(names)
    assert len([key for key in job_lab.stored() if key.startswith("converted/")]) == len(names)


def test_two_clones_of_one_job_are_made_and_emptied_at_once(job_lab: JobLab) -> None:
    """They share the Markdown, which is referred to by one and looked at by the other in the same order."""
    files = [job_lab.file(f"{number}.txt") for number in range(4)]
    job_id = job_lab.job(*files)
    job_lab.convert()
    other = operations.clone_job(job_id, actor=job_lab.user).id
    clone, _ = at_once(
        job_lab.app,
        lambda: operations.clone_job(job_id, actor=job_lab.user).id,
        lambda: operations.delete_job(other, actor=job_lab.user),
    )
    assert set(job_lab.states(str(clone)).values()) == {"completed"}


def rows_left() -> int:
    db.session.rollback()
    return sum(db.session.query(model).count() for model in (DataJob, DataJobFile, FileRecord, IngestionJob))
