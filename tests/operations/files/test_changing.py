"""Renaming and deleting files; one that something uses stays, whoever was first."""

from __future__ import annotations

import shutil
import threading

import pytest
from flask import Flask
from sqlalchemy import text

from portal.datajobs import operations as jobs
from portal.datajobs.operations.changing import changing
from portal.datajobs.operations.handing_in import hand_in, look_at
from portal.documents.methods import Method
from portal.errors import BadInput, NotFound, OutOfReach, WrongState
from portal.extensions import db
from portal.files import queries
from portal.files.models import FilePurpose, StoredFile
from portal.files.operations import add_to_library, delete_file, delete_files, discard_unused, rename_file
from tests.support.at_once import at_once
from tests.support.job_lab import JobLab
from tests.support.library import added, data_folder, history, left_behind, upload
from tests.support.meanwhile import before_statement

WRONG_NAMES = {"  ": "Enter a name", "x" * 201: "at most 200", "a/b": "slashes", "a\nb": "line breaks", "a\0": "other"}


def test_a_file_is_renamed(job_lab: JobLab) -> None:
    [file_id] = added(job_lab.user, "notes.txt")
    file = rename_file(file_id, " notes.md ", actor=job_lab.user)
    assert (file.name, file.kind) == ("notes.md", "md")
    assert history(file_id)[1:] == [("Renamed", "notes.txt is called notes.md now.", "jo@example.com")]
    rename_file(file_id, "notes.md", actor=job_lab.user)
    assert len(history(file_id)) == 2


def test_training_data_keeps_a_name_of_its_type(job_lab: JobLab) -> None:
    lines = upload("pairs.jsonl", b'{"messages": []}\n' * 2)
    file_id = add_to_library(lines, actor=job_lab.user, purpose=FilePurpose.FINE_TUNE).id
    for name in ("pairs.md", "pairs.csv"):
        with pytest.raises(BadInput, match=r"must be JSON Lines") as refused:
            rename_file(file_id, name, actor=job_lab.user)
        assert list(refused.value.errors) == ["name"]
    assert rename_file(file_id, "answers.jsonl", actor=job_lab.user).kind == "jsonl"
    assert rename_file(file_id, "answers", actor=job_lab.user).kind == "jsonl"


def test_a_name_that_is_none_is_refused(job_lab: JobLab) -> None:
    [file_id] = added(job_lab.user, "notes.txt")
    for name, says in WRONG_NAMES.items():
        with pytest.raises(BadInput, match=says) as refused:
            rename_file(file_id, name, actor=job_lab.user)
        assert list(refused.value.errors) == ["name"]


def test_a_file_whose_contents_are_lost_is_not_renamed(job_lab: JobLab) -> None:
    [file_id] = added(job_lab.user, "notes.txt")
    shutil.rmtree(data_folder() / "files" / "uploads")
    with pytest.raises(NotFound, match="gone from the store"):
        rename_file(file_id, "b.txt", actor=job_lab.user)


def test_an_unused_file_is_deleted_with_its_contents(job_lab: JobLab) -> None:
    [file_id] = added(job_lab.user, "notes.txt")
    assert delete_file(file_id, actor=job_lab.user) == "notes.txt"
    assert left_behind()[1:] == (0, 0)
    assert history(file_id)[-1] == ("Deleted", "notes.txt deleted.", "jo@example.com")
    with pytest.raises(NotFound):
        delete_file(file_id, actor=job_lab.user)


def test_a_used_file_stays_and_where_it_is_used_is_told(job_lab: JobLab) -> None:
    [file_id] = added(job_lab.user, "notes.txt")
    for _ in range(5):
        job_lab.job(file_id)
    with pytest.raises(WrongState) as refused:
        delete_file(file_id, actor=job_lab.user)
    where = "Data job “Handbooks”, Data job “Handbooks”, Data job “Handbooks” and 2 more"
    assert refused.value.detail == f"notes.txt can't be deleted. It is used by {where}."
    assert queries.visible_file(job_lab.user, file_id)


def test_of_a_use_by_someone_else_only_that_is_told(job_lab: JobLab) -> None:
    [file_id] = added(job_lab.user, "notes.txt")
    admin = job_lab.someone("admin", "ann@example.com")
    job_id = jobs.create_job("Secret plans", "context_grounded_files", actor=admin).id
    jobs.add_files(job_id, [file_id], actor=admin)
    with pytest.raises(WrongState, match=r"It is used by a data job of someone else\."):
        delete_file(file_id, actor=job_lab.user)
    with pytest.raises(WrongState, match="Secret plans"):
        delete_file(file_id, actor=admin)


@pytest.mark.parametrize("role", ["operator", "auditor"])
def test_whoever_may_not_change_a_file_is_told_that_there_is_none(job_lab: JobLab, role: str) -> None:
    [file_id] = added(job_lab.user, "notes.txt")
    other = job_lab.someone(role, "other@example.com")
    for act in (lambda: rename_file(file_id, "mine.txt", actor=other), lambda: delete_file(file_id, actor=other)):
        with pytest.raises(NotFound, match=f"There is no file {file_id}"):
            act()


def test_what_a_run_imports_is_no_file_of_the_library(job_lab: JobLab) -> None:
    with pytest.raises(NotFound):
        delete_file(job_lab.upload_of_a_run("rows.csv"), actor=job_lab.someone("admin", "ann@example.com"))


def test_of_many_those_that_are_used_stay(job_lab: JobLab) -> None:
    ids = added(job_lab.user, "a.txt", "b.txt", "c.txt")
    job_lab.job(ids[1])
    deleted = delete_files(ids, actor=job_lab.user)
    assert sorted(deleted.names) == ["a.txt", "c.txt"]
    assert deleted.refused == [("b.txt", "It is used by Data job “Handbooks”.")]
    assert left_behind()[1:] == (1, 1)


def test_markdown_that_was_made_of_it_goes_too_unless_it_is_used(job_lab: JobLab) -> None:
    file_id = job_lab.file("a.txt")
    first, second = (_made_of(job_lab, file_id, name) for name in ("one.md", "two.md"))
    job_lab.job(second)
    delete_file(file_id, actor=job_lab.user)
    assert [queries.visible_file(job_lab.user, made) is None for made in (first, second)] == [True, False]
    assert history(first)[-1] == ("Deleted", "one.md deleted, since nothing uses it any more.", None)


def test_while_the_store_is_away_nothing_is_forgotten(job_lab: JobLab) -> None:
    [file_id] = added(job_lab.user, "a.txt")
    user, away = job_lab.user, (data_folder() / "files").rename(data_folder() / "away")
    for act in (lambda: delete_file(file_id, actor=user), lambda: rename_file(file_id, "b.txt", actor=user)):
        with pytest.raises(OutOfReach):
            act()
    away.rename(data_folder() / "files")
    assert queries.visible_file(job_lab.user, file_id).name == "a.txt"
    assert left_behind()[1:] == (1, 1)


def test_a_file_that_is_deleted_while_it_is_handed_in_is_missing_there(job_lab: JobLab) -> None:
    ids = added(job_lab.user, "a.txt", **{"b_md": "# B\n"})
    job_id, user = job_lab.job(), job_lab.user
    wanted = look_at(ids, user)
    for file_id in ids:
        delete_file(file_id, actor=job_lab.user)
    with changing(job_id, user) as change:
        hand_in(change, wanted, Method.SPEED, actor=user)
    assert set(job_lab.states(job_id).values()) == {"failed"}


def test_attaching_and_deleting_at_once_leaves_no_use_of_what_is_gone(app: Flask, job_lab: JobLab) -> None:
    for _ in range(5):
        [file_id] = added(job_lab.user, **{"a_md": "# A\n"})
        job_id = job_lab.job()
        at_once(
            app,
            lambda job_id=job_id, file_id=file_id: jobs.add_files(job_id, [file_id], actor=job_lab.user),
            lambda file_id=file_id: delete_file(file_id, actor=job_lab.user),
            lambda file_id=file_id: discard_unused([file_id]),
        )
        if job_lab.states(job_id).get("a.md") == "ready":
            assert db.session.get(StoredFile, file_id, populate_existing=True) is not None


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_who_deletes_a_file_waits_for_who_renames_it(app: Flask, job_lab: JobLab) -> None:
    [file_id] = added(job_lab.user, "notes.txt")
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    threads: list[threading.Thread] = []

    def delete() -> None:
        with app.app_context():
            delete_file(file_id, actor=job_lab.user)

    def delete_meanwhile() -> None:
        threads.append(threading.Thread(target=delete))
        threads[0].start()
        with db.engine.connect() as connection:
            while threads[0].is_alive() and not connection.scalar(waiting):
                threads[0].join(0.01)

    with before_statement("UPDATE files SET name", delete_meanwhile):
        rename_file(file_id, "letters.txt", actor=job_lab.user)
    threads[0].join()
    assert [what for what, _, _ in history(file_id)] == ["Uploaded", "Renamed", "Deleted"]


def _made_of(job_lab: JobLab, origin: str, name: str) -> str:
    """A file that was converted from another."""
    made = job_lab.file(name, "# Made\n")
    job_lab.write("UPDATE files SET origin_file_id = :origin WHERE id = :id", origin=origin, id=made)
    return made
