"""Starting a data job, what it may be after that, and the status that follows from its alignment."""

from __future__ import annotations

import pytest

from portal.alignment.models import AlignmentJob, AlignmentSource
from portal.datajobs import operations, queries
from portal.datajobs.statuses import data_job_status
from portal.errors import NotFound, WrongState
from portal.extensions import db
from portal.lifecycle import AlignmentStatus
from tests.support.job_lab import JobLab
from tests.support.meanwhile import after_commit_with


def ready_job(job_lab: JobLab, **settings: str) -> str:
    return job_lab.job(job_lab.file("a.md", "# A\n\nText of a.\n"), **settings)


def end(job_lab: JobLab, job_id: str, status: str) -> None:
    """As if the alignment of a job had come to this status."""
    found = queries.alignment_of(job_id)
    assert found
    job_lab.write("UPDATE alignment_jobs SET status = :status WHERE id = :id", status=status, id=found.id)


def alignment(job_id: str) -> AlignmentJob:
    db.session.rollback()
    found = queries.alignment_of(job_id)
    assert found
    return found


def test_a_ready_job_is_started_once_with_all_its_markdown(job_lab: JobLab) -> None:
    job_id = job_lab.job(
        job_lab.file("first.txt", "First text."),
        job_lab.file("second.md", "# Second\n\nMore.\n"),
        job_type="principle_files",
        system_prompt="You are exact.",
        instructions="Ask plainly.",
    )
    job_lab.convert()
    operations.start_job(job_id, actor=job_lab.user)

    started = alignment(job_id)
    sources = db.session.query(AlignmentSource).order_by(AlignmentSource.number).all()
    assert [source.name for source in sources] == ["first.txt", "second.md"]
    made = job_lab.file_of(job_id, "first.txt").record
    assert made
    assert [source.file_id for source in sources] == [made.result_file_id, job_lab.file_of(job_id, "second.md").file_id]
    assert (started.alignment_type, started.system_prompt, started.instructions) == (
        "principle",
        "You are exact.",
        "Ask plainly.",
    )
    assert started.status == "queued"
    assert job_lab.events(job_id)[-1] == "Alignment Started"
    with pytest.raises(WrongState, match="being made"):
        operations.start_job(job_id, actor=job_lab.user)


def test_a_job_that_is_deleted_just_after_its_start_leaves_nothing(job_lab: JobLab) -> None:
    job_id = ready_job(job_lab)

    def delete() -> None:
        with job_lab.elsewhere():
            operations.delete_job(job_id, actor=job_lab.user)

    with after_commit_with("INSERT INTO alignment_jobs", delete):
        operations.start_job(job_id, actor=job_lab.user)
    assert db.session.query(AlignmentJob).count() == 0
    assert job_lab.events(job_id)[-3:] == ["Alignment Cancelled", "Alignment Deleted", "Deleted"]


@pytest.mark.parametrize(
    ("settings", "files", "needed"),
    [
        ({}, {}, "Add at least one file."),
        ({"job_type": "principle_files"}, {"a.md": "# A\n\nText.\n"}, "Write a system prompt."),
        ({}, {"a.md": "# A\n\nText.\n", "empty.txt": ""}, "1 file wasn't converted: retry, replace or remove it."),
        ({}, {"a.txt": "Text."}, "1 of 1 files is still being processed."),
    ],
)
def test_what_is_not_ready_is_told_what_it_needs(
    job_lab: JobLab, settings: dict[str, str], files: dict[str, str], needed: str
) -> None:
    job_id = job_lab.job(*(job_lab.file(name, content) for name, content in files.items()), **settings)
    with pytest.raises(WrongState) as refused:
        operations.start_job(job_id, actor=job_lab.user)
    assert refused.value.fix == needed
    assert queries.alignment_of(job_id) is None


def test_without_a_vector_database_such_a_job_is_not_started(job_lab: JobLab) -> None:
    job_id = ready_job(job_lab, job_type="context_grounded_vector_db")
    with pytest.raises(WrongState, match="no vector database"):
        operations.start_job(job_id, actor=job_lab.user)


def test_who_may_not_change_a_job_may_not_start_it(job_lab: JobLab) -> None:
    job_id = ready_job(job_lab)
    with pytest.raises(NotFound):
        operations.start_job(job_id, actor=job_lab.someone("operator", "other@example.com"))


@pytest.mark.parametrize("status", AlignmentStatus)
def test_the_status_is_that_of_the_alignment_in_lists_too(job_lab: JobLab, status: AlignmentStatus) -> None:
    job_id, other_id = ready_job(job_lab), ready_job(job_lab)
    operations.start_job(job_id, actor=job_lab.user)
    end(job_lab, job_id, status)
    job = queries.visible_job(job_lab.user, job_id)
    assert job
    counts = queries.counts_of([job_id])[job_id]
    assert data_job_status(job.job_type, job.system_prompt, counts, job.alignment_status) == status
    for asked, expected in ((status, [job_id]), ("ready_to_start", [other_id])):
        assert [job.id for job in queries.jobs_page(job_lab.user, queries.Narrowing(asked)).items] == expected


@pytest.mark.parametrize(("status", "fix"), [("running", "Cancel that first"), ("completed", "Clone the data job")])
def test_nothing_that_training_data_is_made_of_changes_meanwhile_or_after(
    job_lab: JobLab, status: str, fix: str
) -> None:
    job_id = ready_job(job_lab)
    operations.start_job(job_id, actor=job_lab.user)
    end(job_lab, job_id, status)
    added = job_lab.file("b.md", "# B\n\nText.\n")
    a_file = job_lab.file_of(job_id, "a.md").file_id
    actor = job_lab.user
    for change in (
        lambda: job_lab.add(job_id, added),
        lambda: operations.remove_files(job_id, [a_file], actor=actor),
        lambda: operations.replace_file(job_id, a_file, added, actor=actor),
        lambda: operations.retry_files(job_id, actor=actor),
        lambda: operations.update_job(job_id, actor=actor, system_prompt="Other."),
        lambda: operations.start_job(job_id, actor=actor),
    ):
        with pytest.raises(WrongState) as refused:
            change()
        assert fix in (refused.value.fix or "")
    operations.update_job(job_id, actor=actor, name="Another name", description="Other words")
    assert alignment(job_id).status == status


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_what_came_to_nothing_may_be_changed_or_started_again(job_lab: JobLab, status: str) -> None:
    job_id = ready_job(job_lab)
    operations.start_job(job_id, actor=job_lab.user)
    first = alignment(job_id).id
    end(job_lab, job_id, status)
    operations.start_job(job_id, actor=job_lab.user)
    assert alignment(job_id).id != first
    end(job_lab, job_id, status)
    job_lab.add(job_id, job_lab.file("b.md", "# B\n\nText.\n"))
    assert queries.alignment_of(job_id) is None
    assert job_lab.status(job_id) == "ready_to_start"


def test_cancel_stops_the_alignment_or_the_conversion(job_lab: JobLab) -> None:
    job_id = ready_job(job_lab)
    with pytest.raises(WrongState):
        operations.cancel_job(job_id, actor=job_lab.user)
    operations.start_job(job_id, actor=job_lab.user)
    operations.cancel_job(job_id, actor=job_lab.user)
    assert alignment(job_id).status == "cancelled"
    assert job_lab.events(job_id)[-1] == "Alignment Cancelled"

    converting = job_lab.job(job_lab.file("waits.txt", "Text."))
    operations.cancel_job(converting, actor=job_lab.user)
    assert job_lab.states(converting) == {"waits.txt": "cancelled"}


def test_a_deleted_job_takes_its_alignment_along_and_a_clone_has_none(job_lab: JobLab) -> None:
    job_id = ready_job(job_lab)
    operations.start_job(job_id, actor=job_lab.user)
    clone_id = operations.clone_job(job_id, actor=job_lab.user).id
    assert queries.alignment_of(clone_id) is None
    operations.delete_job(job_id, actor=job_lab.user)
    assert db.session.query(AlignmentJob).all() == []
