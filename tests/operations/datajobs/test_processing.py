"""Converting what waits: in order, once, whoever dies; retried and cancelled by people."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from portal.datajobs import operations, queries
from portal.datajobs.engine import claims, converting, recovery
from portal.datajobs.engine.context import Context
from portal.datajobs.engine.settling import PAUSES
from portal.datajobs.models import FileRecord
from portal.errors import BadInput, NothingToDo, WrongState
from portal.extensions import db
from portal.files.storage import Storage
from portal.leases import at_work
from tests.support.job_lab import JobLab

UNAVAILABLE = "Service temporarily unavailable."


def record_of(job_lab: JobLab, job_id: str, name: str) -> FileRecord:
    record = job_lab.file_of(job_id, name).record
    assert record is not None
    return record


def test_a_file_becomes_markdown(job_lab: JobLab) -> None:
    file_id = job_lab.file("Notes on pumps.txt", "One.\n\nTwo.\n")
    job_id = job_lab.job(file_id)
    job_lab.convert()
    assert job_lab.result(job_id, "Notes on pumps.txt") == "One.\n\nTwo.\n"
    record = record_of(job_lab, job_id, "Notes on pumps.txt")
    assert record.processing_at is not None
    assert record.completed_at is not None
    assert record.created_at <= record.processing_at <= record.completed_at
    assert (record.worker, record.failed_at, record.attempts) == (None, None, 1)
    result = job_lab.stored_file(record.result_file_id)
    assert (result.name, result.kind, result.origin_file_id) == ("Notes on pumps.md", "md", file_id)
    assert (result.purpose, result.user_id) == ("alignment", job_lab.user_id)


def test_the_queue_is_that_of_the_whole_portal_and_its_order_is_kept(job_lab: JobLab) -> None:
    first = job_lab.job(job_lab.file("a.txt"), job_lab.file("b.txt", " "))
    second = job_lab.job(job_lab.file("c.txt"), job_lab.file("d.txt"))
    assert job_lab.positions(first) == {"a.txt": 1, "b.txt": 2}
    assert job_lab.positions(second) == {"c.txt": 3, "d.txt": 4}
    claim = claims.claim_next(db.session, job_lab.context().by)
    assert claim is not None
    assert claim.record_id == record_of(job_lab, first, "a.txt").id
    assert job_lab.positions(second) == {"c.txt": 2, "d.txt": 3}
    operations.remove_files(first, [job_lab.file_of(first, "b.txt").file_id], actor=job_lab.user)
    assert job_lab.positions(second) == {"c.txt": 1, "d.txt": 2}
    operations.cancel_processing(second, actor=job_lab.user)
    assert job_lab.positions(second) == {"c.txt": None, "d.txt": None}


def test_what_is_retried_goes_to_the_end_of_the_queue(job_lab: JobLab) -> None:
    job_id = job_lab.job(job_lab.file("a.txt", " "))
    job_lab.convert()
    other = job_lab.job(job_lab.file("b.txt"))
    assert operations.retry_files(job_id, actor=job_lab.user) == ["a.txt"]
    assert (job_lab.positions(other), job_lab.positions(job_id)) == ({"b.txt": 1}, {"a.txt": 2})


def test_one_failure_leaves_the_others_alone(job_lab: JobLab) -> None:
    job_id = job_lab.job(job_lab.file("a.txt"), job_lab.file("b.txt", "\n"), job_lab.file("c.txt"))
    job_lab.convert()
    assert job_lab.states(job_id) == {"a.txt": "completed", "b.txt": "failed", "c.txt": "completed"}
    record = record_of(job_lab, job_id, "b.txt")
    assert (record.error_key, record.error_message) == ("empty", "The file appears to be empty.")
    assert record.suggested_fix == "Upload a file with content."
    assert record.failed_at is not None
    assert job_lab.events(job_id)[2:] == ["File Processing Started", "File Failed", "File Processing Completed"]
    assert job_lab.messages(job_id)[3] == "b.txt: The file appears to be empty."


def test_retrying_says_start_and_end_anew(job_lab: JobLab) -> None:
    job_id = job_lab.job(job_lab.file("a.txt", " "), job_lab.file("b.txt"))
    job_lab.convert()
    record = record_of(job_lab, job_id, "a.txt")
    operations.retry_files(job_id, actor=job_lab.user, record_ids=[record.id], method="accuracy-optimized")
    record = record_of(job_lab, job_id, "a.txt")
    assert (record.error_message, record.failed_at, record.method) == (None, None, "accuracy-optimized")
    job_lab.convert()
    assert job_lab.events(job_id).count("File Processing Started") == 2
    assert job_lab.events(job_id).count("File Processing Completed") == 2
    assert job_lab.events(job_id)[-4:] == [
        "File Retried",
        "File Processing Started",
        "File Failed",
        "File Processing Completed",
    ]


def test_only_what_has_failed_is_retried(job_lab: JobLab) -> None:
    job_id = job_lab.job(job_lab.file("a.txt"))
    job_lab.convert()
    with pytest.raises(NothingToDo, match="No file of this data job has failed"):
        operations.retry_files(job_id, actor=job_lab.user)
    record = record_of(job_lab, job_id, "a.txt")
    with pytest.raises(BadInput) as refused:
        operations.retry_files(job_id, actor=job_lab.user, record_ids=[record.id])
    assert refused.value.errors["record_ids"] == [f"rec-{record.id} has not failed, or isn't in this data job."]


def test_cancelling_keeps_what_is_converted(job_lab: JobLab) -> None:
    job_id = job_lab.job(job_lab.file("a.txt"))
    job_lab.convert()
    job_lab.add(job_id, job_lab.file("b.txt"), job_lab.file("c.txt"))
    assert operations.cancel_processing(job_id, actor=job_lab.user) == ["b.txt", "c.txt"]
    job_lab.convert()
    assert job_lab.states(job_id) == {"a.txt": "completed", "b.txt": "cancelled", "c.txt": "cancelled"}
    assert job_lab.status(job_id) == "needs_review"
    assert record_of(job_lab, job_id, "b.txt").suggested_fix == "Retry it, or remove the file."
    with pytest.raises(WrongState, match="nothing can be cancelled"):
        operations.cancel_processing(job_id, actor=job_lab.user)
    operations.retry_files(job_id, actor=job_lab.user)
    job_lab.convert()
    assert job_lab.status(job_id) == "ready_to_start"


@pytest.mark.parametrize("how", ["cancelled", "removed"])
def test_what_is_stopped_in_the_midst_leaves_nothing(job_lab: JobLab, how: str) -> None:
    file_id = job_lab.file("a.txt")
    job_id = job_lab.job(file_id)
    before = job_lab.stored()

    def stop() -> None:
        with job_lab.elsewhere():
            if how == "cancelled":
                operations.cancel_processing(job_id, actor=job_lab.user)
            else:
                operations.remove_files(job_id, [file_id], actor=job_lab.user)

    job_lab.convert_while(stop)
    assert job_lab.states(job_id) == ({"a.txt": "cancelled"} if how == "cancelled" else {})
    assert job_lab.stored() == before
    assert not list((job_lab.folder / "converting").rglob("record-*"))


def test_a_record_of_a_dead_worker_is_taken_over_in_its_place(job_lab: JobLab) -> None:
    job_id = job_lab.job(job_lab.file("a.txt"), job_lab.file("b.txt"))
    claims.claim_next(db.session, job_lab.context(worker="dead").by)
    job_lab.recover()
    assert job_lab.states(job_id)["a.txt"] == "running"
    job_lab.recover("dead")
    assert job_lab.positions(job_id) == {"a.txt": 1, "b.txt": 2}
    job_lab.convert()
    assert job_lab.states(job_id) == {"a.txt": "completed", "b.txt": "completed"}
    assert record_of(job_lab, job_id, "a.txt").attempts == 2


def test_a_lease_that_ends_frees_the_record(job_lab: JobLab) -> None:
    job_id = job_lab.job(job_lab.file("a.txt"))
    claim = claims.claim_next(db.session, job_lab.context().by)
    assert claim is not None
    job_lab.expire_leases()
    with at_work(FileRecord, claim.record_id):
        job_lab.renew_leases()
        job_lab.recover()
        assert job_lab.states(job_id) == {"a.txt": "running"}
    job_lab.expire_leases()
    job_lab.recover()
    assert job_lab.states(job_id) == {"a.txt": "queued"}


def test_a_worker_that_was_taken_for_dead_changes_nothing(job_lab: JobLab) -> None:
    job_id = job_lab.job(job_lab.file("a.txt"))

    def taken_over() -> None:
        with job_lab.elsewhere():
            job_lab.recover("one")
            assert claims.claim_next(db.session, job_lab.context(worker="two").by) is not None

    job_lab.convert_while(taken_over)
    record = record_of(job_lab, job_id, "a.txt")
    assert (record.status, record.worker, record.result_file_id) == ("running", "two", None)


def test_a_document_that_takes_worker_after_worker_with_it_is_given_up(job_lab: JobLab) -> None:
    job_id = job_lab.job(job_lab.file("a.txt"))
    for _ in range(recovery.MOST_DEATHS):
        assert job_lab.states(job_id) == {"a.txt": "queued"}
        claims.claim_next(db.session, job_lab.context(worker="dead").by)
        job_lab.recover("dead")
    record = record_of(job_lab, job_id, "a.txt")
    assert (record.status, record.error_message) == ("failed", "Internal processing failure.")
    assert job_lab.events(job_id)[-2:] == ["File Failed", "File Processing Completed"]
    operations.retry_files(job_id, actor=job_lab.user)
    job_lab.convert()
    assert job_lab.status(job_id) == "ready_to_start"


def test_storage_that_is_away_is_waited_for(job_lab: JobLab) -> None:
    job_id = job_lab.job(job_lab.file("a.txt"))
    files = job_lab.folder / "files"
    files.rename(job_lab.folder / "away")
    job_lab.convert()
    record = record_of(job_lab, job_id, "a.txt")
    assert (record.status, record.pauses, record.error_message) == ("queued", 1, None)
    job_lab.convert()  # not before its pause is over
    assert record_of(job_lab, job_id, "a.txt").attempts == 1
    (job_lab.folder / "away").rename(files)
    job_lab.end_pauses()
    job_lab.convert()
    assert job_lab.states(job_id) == {"a.txt": "completed"}


def test_storage_that_stays_away_is_told_after_a_while(job_lab: JobLab) -> None:
    job_id = job_lab.job(job_lab.file("a.txt"))
    (job_lab.folder / "files").rename(job_lab.folder / "away")
    for _ in range(len(PAUSES) + 1):
        assert job_lab.states(job_id) == {"a.txt": "queued"}
        job_lab.convert()
        job_lab.end_pauses()
    record = record_of(job_lab, job_id, "a.txt")
    assert (record.status, record.error_message) == ("failed", UNAVAILABLE)
    assert record.suggested_fix == "Retry the job after a brief wait."
    (job_lab.folder / "away").rename(job_lab.folder / "files")
    operations.retry_files(job_id, actor=job_lab.user)
    job_lab.convert()
    assert job_lab.status(job_id) == "ready_to_start"


def test_contents_that_are_gone_are_a_file_that_was_not_found(job_lab: JobLab) -> None:
    job_id = job_lab.job(job_lab.file("a.txt"))
    shutil.rmtree(job_lab.folder / "files" / "uploads")
    job_lab.convert()
    record = record_of(job_lab, job_id, "a.txt")
    assert record.error_message == "The file was not found or is not owned by the current user."


def test_what_the_queue_has_lost_is_begun_by_the_pulse(job_lab: JobLab) -> None:
    job_id = job_lab.job(job_lab.file("a.txt"))
    job_lab.empty_queue()
    job_lab.end_pauses()
    job_lab.recover()
    assert job_lab.tasks_waiting() == 1
    job_lab.drain()
    assert job_lab.states(job_id) == {"a.txt": "completed"}


def test_what_is_added_meanwhile_is_converted_by_who_is_at_it(job_lab: JobLab) -> None:
    job_id = job_lab.job(job_lab.file("a.txt"))
    late = job_lab.file("b.txt")
    added: list[str] = []

    def add() -> None:
        if not added:
            with job_lab.elsewhere():
                added.append(late)
                job_lab.add(job_id, late)
                job_lab.drain()  # the task finds that this process is at it already

    job_lab.convert_while(add)
    assert job_lab.states(job_id) == {"a.txt": "completed", "b.txt": "completed"}


def test_two_workers_never_take_the_same_record(job_lab: JobLab) -> None:
    job_lab.job(*[job_lab.file(f"{number}.txt") for number in range(5)])
    taken = [claims.claim_next(db.session, job_lab.context(worker=f"w{n % 2}").by) for n in range(6)]
    ids = [claim.record_id for claim in taken if claim]
    assert ids == sorted(set(ids))
    assert (len(ids), taken[5]) == (5, None)


def test_a_clock_that_was_set_back_keeps_nothing_waiting(job_lab: JobLab) -> None:
    job_id = job_lab.job(job_lab.file("a.txt"))
    job_lab.empty_queue()
    job_lab.write("UPDATE file_records SET queued_at = '2999-01-01 00:00:00.000000'")
    job_lab.recover()
    assert job_lab.tasks_waiting() == 1
    job_lab.drain()
    assert job_lab.states(job_id) == {"a.txt": "completed"}


def test_a_job_that_is_deleted_when_a_record_is_just_claimed_stops_nothing_else(job_lab: JobLab) -> None:
    doomed, job_id = job_lab.job(job_lab.file("a.txt")), job_lab.job(job_lab.file("b.txt"))

    class Slow(Context):
        @property
        def own_folder(self) -> Path:
            with job_lab.elsewhere():
                if queries.find_job(doomed):
                    operations.delete_job(doomed, actor=job_lab.user)
            return super().own_folder

    converting.convert_waiting(Slow(**vars(job_lab.context())))
    assert job_lab.states(job_id) == {"b.txt": "completed"}


def test_of_workers_that_die_with_the_markdown_in_the_store_nothing_stays_there(job_lab: JobLab) -> None:
    class DiesAfter(Storage):
        def put(self, local_path: str, key: str) -> None:
            super().put(local_path, key)
            raise KeyboardInterrupt

    job_id = job_lab.job(job_lab.file("a.txt"))
    dying = DiesAfter(f"file://{job_lab.folder / 'files'}")
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            converting.convert_waiting(job_lab.context(storage=dying))
        job_lab.recover("one")
    job_lab.convert()
    assert job_lab.states(job_id) == {"a.txt": "completed"}
    assert len([key for key in job_lab.stored() if key.startswith("converted/")]) == 1


def test_what_is_removed_before_its_turn_has_neither_start_nor_end(job_lab: JobLab) -> None:
    file_id = job_lab.file("a.txt")
    job_id = job_lab.job(file_id)
    operations.remove_files(job_id, [file_id], actor=job_lab.user)
    assert job_lab.events(job_id) == ["Created", "Files Added", "Files Removed"]


def test_a_clone_tells_no_end_of_what_never_began_in_it(job_lab: JobLab) -> None:
    bad = job_lab.file("bad.txt", " ")
    job_id = job_lab.job(job_lab.file("a.txt"), bad)
    job_lab.convert()
    clone = operations.clone_job(job_id, actor=job_lab.user).id
    operations.remove_files(clone, [bad], actor=job_lab.user)
    assert job_lab.events(clone) == ["Created", "Files Removed"]
    operations.retry_files(job_id, actor=job_lab.user)
    claims.claim_next(db.session, job_lab.context().by)
    record = record_of(job_lab, operations.clone_job(job_id, actor=job_lab.user).id, "bad.txt")
    assert (record.status, record.processing_at, record.worker) == ("queued", None, None)


def test_what_workers_had_in_hand_when_the_machine_was_restarted_is_cleared_up(job_lab: JobLab) -> None:
    converting_folder = job_lab.folder / "converting"
    for worker in ("long-gone", "at-work"):
        (converting_folder / worker / "record-1").mkdir(parents=True)
    os.utime(converting_folder / "long-gone", (0, 0))
    job_lab.recover()
    assert [folder.name for folder in converting_folder.iterdir()] == ["at-work"]
