"""Alignments that belong to a data job tell its timeline, and go with it."""

from __future__ import annotations

import pytest

from portal import timeline
from portal.alignment import operations
from portal.alignment.models import AlignmentType
from portal.database import writing
from portal.datajobs.operations import create_job
from portal.errors import BadInput
from portal.extensions import db
from tests.support.alignment_lab import AlignmentLab, EveryLine

DATABASES = ("sqlite",)


@pytest.fixture
def data_job(alignment_lab: AlignmentLab) -> str:
    return create_job("Handbooks", "context_grounded_files", actor=alignment_lab.user).id


def start(lab: AlignmentLab, data_job: str, *file_ids: str) -> str:
    files = [operations.MarkdownFile(file_id, "clay.pdf", 13) for file_id in file_ids]
    with writing(db.session):
        job = operations.add_job(
            files,
            actor=lab.user,
            user_id=lab.user_id,
            alignment_type=AlignmentType.CONTEXT_DATA,
            system_prompt="",
            instructions="Short.",
            data_job_id=data_job,
        )
        job_id, public_id = job.id, job.public_id
    assert lab.status(public_id) == "pending"
    operations.wake(job_id)
    return public_id


def test_its_end_is_told_in_both_timelines(alignment_lab: AlignmentLab, data_job: str) -> None:
    job = start(alignment_lab, data_job, alignment_lab.markdown("clay.md", "Clay is wet.\n"))
    alignment_lab.work()
    assert alignment_lab.lines(job)[0]["metadata"]["file"] == "clay.pdf"
    last = timeline.events_of(db.session, "data_job", data_job)[-1]
    assert (last.event_type, last.details) == (
        "Alignment Completed",
        {"alignment_job_id": job, "status": "completed", "pairs": 1},
    )
    assert alignment_lab.events(job)[-1] == "Alignment Completed"


def test_markdown_that_was_deleted_meanwhile_is_named(alignment_lab: AlignmentLab, data_job: str) -> None:
    with pytest.raises(BadInput) as refused:
        start(alignment_lab, data_job, "file-gone")
    assert refused.value.errors == {"files": ["clay.pdf was deleted a moment ago."]}
    assert alignment_lab.rows("SELECT count(*) FROM alignment_jobs") == [(0,)]


def test_all_go_with_the_data_job_even_one_that_is_at_work(alignment_lab: AlignmentLab, data_job: str) -> None:
    file_id = alignment_lab.markdown("clay.md", "Clay is wet.\nAsh is grey.\n")
    done = start(alignment_lab, data_job, file_id)
    alignment_lab.work()
    stored = alignment_lab.stored()
    at_work, asked = start(alignment_lab, data_job, file_id), []

    def delete_both(name: str) -> None:
        asked.append(name)
        with alignment_lab.elsewhere():
            operations.delete_of_data_job(data_job, actor=alignment_lab.user)

    alignment_lab.work(EveryLine(delete_both))
    assert done != at_work
    assert alignment_lab.rows("SELECT count(*) FROM alignment_jobs") == [(0,)]
    assert alignment_lab.rows("SELECT count(*) FROM training_pairs") == [(0,)]
    assert alignment_lab.stored() == stored
