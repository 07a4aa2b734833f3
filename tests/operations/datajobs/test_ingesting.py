"""Converting files by themselves, for no data job: what comes of each, which files stay meanwhile and afterwards."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.datajobs import operations, queries
from portal.datajobs.models import FileRecord
from portal.errors import BadInput, OutOfReach, WrongState
from portal.extensions import db
from portal.files import queries as files
from portal.files.operations import delete_file, discard_unused
from portal.files.uses import uses_of
from portal.idempotency import Once, StartedBefore, fingerprint
from tests.support.at_once import at_once
from tests.support.job_lab import JobLab


def ingested(lab: JobLab, *file_ids: str) -> str:
    return operations.ingest(file_ids, actor=lab.user).id


def records(ingestion_job_id: str) -> list[FileRecord]:
    db.session.rollback()
    db.session.expire_all()
    return list(queries.records_of(ingestion_job_id))


def result(ingestion_job_id: str) -> str:
    [record] = records(ingestion_job_id)
    assert record.result_file_id
    return record.result_file_id


def is_there(lab: JobLab, file_id: str) -> bool:
    return files.visible_file(lab.user, file_id) is not None


def test_what_comes_of_each_file(job_lab: JobLab) -> None:
    theirs = job_lab.file("theirs.txt", by=job_lab.someone("operator", "other@example.com"))
    markdown = job_lab.file("guide.md", "# Guide\n")
    job_id = ingested(job_lab, job_lab.file("a.txt"), markdown, job_lab.file("empty.pdf", ""), theirs, "file-nowhere")
    job_lab.convert()
    found = [(record.status, record.error_key, bool(record.result_file_id)) for record in records(job_id)]
    assert found == [
        ("completed", None, True),
        ("completed", None, True),
        ("failed", "empty", False),
        ("failed", "not_found", False),
        ("failed", "not_found", False),
    ]
    assert records(job_id)[1].result_file_id == markdown
    assert queries.visible_ingestion_job(job_lab.user, job_id).finished_at is not None


@pytest.mark.parametrize(
    ("file_ids", "method", "field"),
    [([], "speed-optimized", "files"), (["x" * 42], "speed-optimized", "files"), (["file-1"], "fast", "method")],
)
def test_wrong_input_makes_no_job(job_lab: JobLab, file_ids: list[str], method: str, field: str) -> None:
    with pytest.raises(BadInput) as refused:
        operations.ingest(file_ids, actor=job_lab.user, method=method)
    assert list(refused.value.errors) == [field]
    assert queries.ingestion_jobs_part(job_lab.user, limit=1, offset=0).total == 0


def test_a_store_that_is_away_makes_no_job(job_lab: JobLab) -> None:
    file_id, user, store = job_lab.file("guide.md", "# Guide\n"), job_lab.user, job_lab.folder / "files"
    away = store.rename(job_lab.folder / "away")
    with pytest.raises(OutOfReach):
        operations.ingest([file_id], actor=user)
    away.rename(store)
    assert queries.ingestion_jobs_part(job_lab.user, limit=1, offset=0).total == 0


def test_a_file_stays_until_its_conversion_has_ended(job_lab: JobLab) -> None:
    file_id, failing = job_lab.file("a.txt"), job_lab.file("broken.pdf", "%PDF-1.7 broken")
    job_id = ingested(job_lab, file_id, failing)
    with pytest.raises(WrongState, match=f"It is used by Ingestion job “{job_id}”") as refused:
        delete_file(file_id, actor=job_lab.user)
    assert "wait" in refused.value.fix
    assert [len(uses) for uses in uses_of([file_id, failing]).values()] == [1, 1]
    job_lab.convert()
    for done in (file_id, failing):
        delete_file(done, actor=job_lab.user)
        assert not is_there(job_lab, done)


def test_one_of_someone_else_is_used_namelessly(job_lab: JobLab) -> None:
    file_id = job_lab.file("a.txt")
    operations.ingest([file_id], actor=job_lab.someone("admin", "ann@example.com"))
    with pytest.raises(WrongState, match="It is used by an ingestion job of someone else"):
        delete_file(file_id, actor=job_lab.user)


def test_markdown_outlives_its_document_and_goes_when_a_person_says_so(job_lab: JobLab) -> None:
    file_id = job_lab.file("a.txt")
    job_id = ingested(job_lab, file_id)
    job_lab.convert()
    made = result(job_id)
    delete_file(file_id, actor=job_lab.user)
    discard_unused([made])
    assert is_there(job_lab, made)
    assert uses_of([made]) == {made: []}
    delete_file(made, actor=job_lab.user)
    [record] = records(job_id)
    assert (record.status, record.result_file_id) == ("completed", None)
    assert job_lab.stored() == set()


def test_markdown_in_a_data_job_stays_with_it(job_lab: JobLab) -> None:
    job_id = ingested(job_lab, job_lab.file("a.txt"))
    job_lab.convert()
    made = result(job_id)
    data_job_id = job_lab.job(made)
    with pytest.raises(WrongState, match="Data job “Handbooks”"):
        delete_file(made, actor=job_lab.user)
    operations.delete_job(data_job_id, actor=job_lab.user)
    assert is_there(job_lab, made)


def test_ingesting_and_deleting_at_once_leaves_no_use_of_what_is_gone(app: Flask, job_lab: JobLab) -> None:
    user = job_lab.user
    for name in ("a.txt", "b.md", "c.txt"):
        file_id = job_lab.file(name, "# Text\n")
        started, _ = at_once(
            app,
            lambda file_id=file_id: operations.ingest([file_id], actor=user).id,
            lambda file_id=file_id: delete_file(file_id, actor=user),
        )
        [record] = records(str(started))
        assert record.status != "queued" or is_there(job_lab, file_id)
        assert record.result_file_id is None or is_there(job_lab, record.result_file_id)


def test_of_two_requests_with_one_key_one_begins(app: Flask, job_lab: JobLab) -> None:
    once, user = Once(job_lab.user_id, "key", fingerprint("POST", "/ingestion")), job_lab.user
    file_id = job_lab.file("a.txt")
    outcomes = at_once(app, *[lambda: operations.ingest([file_id], actor=user, once=once).id] * 2)
    [refused] = [outcome for outcome in outcomes if isinstance(outcome, StartedBefore)]
    [started] = [outcome for outcome in outcomes if isinstance(outcome, str)]
    db.session.rollback()
    assert queries.ingestion_job_of_record(refused.subject_id).id == started
    assert queries.ingestion_jobs_part(job_lab.user, limit=1, offset=0).total == 1
