"""What follows from the state of a job's files, in Python and in SQL alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.datajobs import operations, queries
from portal.datajobs.models import DataJobType
from portal.datajobs.statuses import FileCounts, data_job_status, ingestion_job_status, prerequisites
from portal.extensions import db
from portal.lifecycle import DataJobStatus, FileRecordStatus
from tests.support.job_lab import JobLab

GROUNDED, PRINCIPLE = DataJobType.CONTEXT_GROUNDED_FILES, DataJobType.PRINCIPLE_FILES


@pytest.mark.parametrize(
    ("counts", "status"),
    [
        (FileCounts(), "needs_review"),
        (FileCounts(ready=1), "ready_to_start"),
        (FileCounts(completed=1), "ready_to_start"),
        (FileCounts(completed=1, queued=1), "file_processing"),
        (FileCounts(ready=1, running=1, failed=1), "file_processing"),
        (FileCounts(completed=1, failed=1), "needs_review"),
        (FileCounts(ready=1, cancelled=1), "needs_review"),
        (FileCounts(failed=1), "needs_review"),
    ],
)
def test_the_status_follows_from_the_files(counts: FileCounts, status: str) -> None:
    assert data_job_status(GROUNDED, None, counts) == status


@pytest.mark.parametrize("prompt", [None, "", " \n"])
def test_a_job_of_principles_needs_a_system_prompt(prompt: str | None) -> None:
    assert data_job_status(PRINCIPLE, prompt, FileCounts(ready=1)) == "needs_review"
    assert data_job_status(PRINCIPLE, "Be exact.", FileCounts(ready=1)) == "ready_to_start"


@given(
    st.builds(FileCounts, *[st.integers(0, 2)] * 6), st.sampled_from(DataJobType), st.sampled_from([None, "Be exact."])
)
def test_a_job_is_ready_when_the_checklist_is_done(
    counts: FileCounts, job_type: DataJobType, prompt: str | None
) -> None:
    done = all(needed.is_met for needed in prerequisites(job_type, prompt, counts))
    assert (data_job_status(job_type, prompt, counts) == DataJobStatus.READY_TO_START) == done


@pytest.mark.parametrize(
    ("records", "status"),
    [
        ("queued queued", "queued"),
        ("queued running", "running"),
        ("completed queued", "running"),
        ("failed running", "running"),
        ("completed completed", "completed"),
        ("completed failed", "failed"),
        ("cancelled completed", "failed"),
        ("", "completed"),
    ],
)
def test_the_status_of_an_ingestion_job_follows_from_its_records(records: str, status: str) -> None:
    assert ingestion_job_status(map(FileRecordStatus, records.split())) == status


STATES = [
    (),
    ("ready",),
    ("queued",),
    ("ready", "running"),
    ("completed",),
    ("completed", "failed"),
    ("ready", "cancelled"),
    ("failed",),
    ("completed", "ready"),
]


def test_the_list_narrows_by_the_same_status(job_lab: JobLab) -> None:
    expected: dict[str, set[str]] = {status: set() for status in DataJobStatus}
    for number, states in enumerate(STATES):
        for job_type, prompt in ((GROUNDED, None), (PRINCIPLE, None), (PRINCIPLE, "Be exact.")):
            job_id = job_lab.job(job_type=job_type, system_prompt=prompt)
            for state in states:
                name = f"{number}-{state}.{'md' if state == 'ready' else 'txt'}"
                job_lab.add(job_id, job_lab.file(name, f"# {number}\n"))
                if state not in ("ready", "queued"):
                    job_lab.set_state(job_id, name, state)
            expected[job_lab.status(job_id)].add(job_id)
    assert all(expected.values())
    for status, job_ids in expected.items():
        page = queries.jobs_page(job_lab.user, queries.Narrowing(status), per_page=100)
        assert {job.id for job in page.items} == job_ids


def test_what_was_removed_counts_for_nothing(job_lab: JobLab) -> None:
    failing, good = job_lab.file("a.txt", " "), job_lab.file("b.txt")
    job_id = job_lab.job(failing, good)
    job_lab.convert()
    assert job_lab.status(job_id) == "needs_review"
    operations.remove_files(job_id, [failing], actor=job_lab.user)
    assert job_lab.status(job_id) == "ready_to_start"
    assert [job.id for job in queries.jobs_page(job_lab.user, queries.Narrowing("ready_to_start")).items] == [job_id]
    db.session.rollback()
