"""Making, changing, cloning, deleting and finding data jobs."""

from __future__ import annotations

import pytest

from portal.datajobs import operations, queries
from portal.datajobs.models import DataJob, FileRecord
from portal.errors import BadInput, NotFound
from portal.extensions import db
from portal.files.models import StoredFile
from tests.support.job_lab import JobLab


def test_a_job_is_made(job_lab: JobLab) -> None:
    job_id = job_lab.job(description=" ", system_prompt="Be exact.")
    job = job_lab.find(job_id)
    assert job_id.startswith("dj-")
    assert (job.name, job.job_type, job.user_id) == ("Handbooks", "context_grounded_files", job_lab.user_id)
    assert (job.description, job.system_prompt, job.instructions) == (None, "Be exact.", None)
    assert job.system_prompt_updated_at is not None
    assert job.instructions_updated_at is None
    assert job_lab.messages(job_id) == ["Data job created."]


@pytest.mark.parametrize(
    ("settings", "field", "words"),
    [
        ({"name": " "}, "name", "Give the data job a name."),
        ({"name": "n" * 256}, "name", "At most 255 characters, please."),
        ({"system_prompt": "p" * 100_001}, "system_prompt", "At most 100,000 characters, please."),
        ({"instructions": "\0"}, "instructions", "It has characters that no database keeps: NUL, or half of a pair."),
        ({"job_type": "other"}, "job_type", "Choose one of principle_files, context_grounded_files"),
    ],
)
def test_wrong_input_names_its_field(job_lab: JobLab, settings: dict[str, str], field: str, words: str) -> None:
    given = {"name": "Handbooks", "job_type": "principle_files"} | settings
    with pytest.raises(BadInput) as refused:
        operations.create_job(**given, actor=job_lab.user)
    assert refused.value.errors[field][0].startswith(words)
    assert db.session.query(DataJob).count() == 0


def test_a_job_is_changed_as_far_as_is_given(job_lab: JobLab) -> None:
    job_id = job_lab.job(system_prompt="Be exact.", instructions="Use short sentences.")
    operations.update_job(job_id, actor=job_lab.user, name=" Manuals ", system_prompt="Be kind.")
    operations.update_job(job_id, actor=job_lab.user, instructions="")
    operations.update_job(job_id, actor=job_lab.user, system_prompt="Be kind.")
    job = job_lab.find(job_id)
    assert (job.name, job.system_prompt, job.instructions) == ("Manuals", "Be kind.", None)
    assert job_lab.events(job_id) == ["Created", "Renamed", "System Prompt Updated", "Instructions Updated"]
    assert job.updated_at > job.created_at


def test_a_clone_needs_nothing_to_be_converted_again(job_lab: JobLab) -> None:
    job_id = job_lab.job(job_lab.file("a.txt"), job_lab.file("b.txt", " "), job_lab.file("c.md", "# C\n"))
    job_lab.convert()
    waiting = job_lab.file("d.txt", "Late.")
    job_lab.add(job_id, waiting)
    clone = operations.clone_job(job_id, actor=job_lab.user)
    assert clone.name == "Handbooks (copy)"
    assert clone.origin_data_job_id == job_id
    states = {"a.txt": "completed", "b.txt": "failed", "c.md": "ready", "d.txt": "queued"}
    assert job_lab.states(clone.id) == states
    assert job_lab.result(clone.id, "a.txt") == job_lab.result(job_id, "a.txt")
    job_lab.convert()
    assert job_lab.states(clone.id) == states | {"d.txt": "completed"}
    operations.delete_job(job_id, actor=job_lab.user)
    assert "Some text." in job_lab.result(clone.id, "a.txt")


def test_deleting_a_job_leaves_originals_and_nothing_else(job_lab: JobLab) -> None:
    files = [job_lab.file("a.txt"), job_lab.file("b.md", "# B\n")]
    before = job_lab.stored()
    job_id = job_lab.job(*files)
    job_lab.convert()
    assert len(job_lab.stored()) == len(before) + 1
    assert operations.delete_job(job_id, actor=job_lab.user) == "Handbooks"
    assert queries.find_job(job_id) is None
    assert db.session.query(FileRecord).count() == 0
    assert {file.id for file in db.session.query(StoredFile)} == set(files)
    assert job_lab.stored() == before


def test_a_job_that_is_deleted_while_a_file_is_converted_leaves_nothing(job_lab: JobLab) -> None:
    job_id = job_lab.job(job_lab.file("a.txt"))
    before = job_lab.stored()

    def delete() -> None:
        with job_lab.elsewhere():
            operations.delete_job(job_id, actor=job_lab.user)

    job_lab.convert_while(delete)
    assert job_lab.stored() == before
    assert not list((job_lab.folder / "converting").rglob("record-*"))


def test_jobs_of_others_are_not_there(job_lab: JobLab) -> None:
    job_id = job_lab.job(job_lab.file("a.txt"))
    other = job_lab.someone("operator", "other@example.com")
    for refused in (
        lambda: operations.update_job(job_id, actor=other, name="Mine"),
        lambda: operations.clone_job(job_id, actor=other),
        lambda: operations.delete_job(job_id, actor=other),
        lambda: operations.add_files(job_id, ["file-1"], actor=other),
        lambda: operations.remove_files(job_id, ["file-1"], actor=other),
        lambda: operations.retry_files(job_id, actor=other),
        lambda: operations.cancel_processing(job_id, actor=other),
    ):
        with pytest.raises(NotFound, match=f"There is no data job {job_id}"):
            refused()
    assert queries.visible_job(other, job_id) is None
    assert queries.jobs_page(other, queries.Narrowing()).total == 0
    auditor = job_lab.someone("auditor", "auditor@example.com")
    assert queries.visible_job(auditor, job_id) is not None
    with pytest.raises(NotFound):
        operations.cancel_processing(job_id, actor=auditor)


def test_jobs_are_found_and_sorted(job_lab: JobLab) -> None:
    for name, job_type, description in (
        ("Beta", "principle_files", "100% of it"),
        ("alpha", "context_grounded_files", None),
        ("Gamma", "principle_files", "About alpha particles"),
    ):
        operations.create_job(name, job_type, actor=job_lab.user, description=description)

    def names(**how: object) -> list[str]:
        return [job.name for job in queries.jobs_page(job_lab.user, queries.Narrowing(**how)).items]

    assert names() == ["Gamma", "alpha", "Beta"]
    assert names(sort="name", ascending=True)[-1] != "alpha" or names(sort="name", ascending=True)[0] == "Beta"
    assert names(search="ALPHA", sort="created_at", ascending=True) == ["alpha", "Gamma"]
    assert names(search="0%") == ["Beta"]
    assert names(job_type="principle_files") == ["Gamma", "Beta"]
    assert names(status="needs_review", search="beta") == ["Beta"]
    assert names(status="nonsense") == []
