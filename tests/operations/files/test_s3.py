"""Files in S3, over HTTP."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator

import pytest
import s3fs
from flask import Flask
from flask.testing import FlaskClient

from portal.errors import OutOfReach
from portal.extensions import db
from portal.files import queries
from portal.files.operations import add_many, delete_file, rename_file
from portal.files.storage import storage
from portal.lifecycle import RunStatus
from tests.support.job_lab import JobLab
from tests.support.lab import IMPORTERS, Lab, counts
from tests.support.library import added, data_folder, left_behind, upload
from tests.support.running import free_port
from tests.support.stores import ObjectStore

DATABASES = ("sqlite",)
BUCKET = "archive"


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectStore]:
    """With an empty bucket."""
    store = ObjectStore(free_port())
    for name, value in store.environment.items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()  # those of other tests know another address
    store.start()
    bucket = s3fs.S3FileSystem(use_listings_cache=False)
    if bucket.exists(BUCKET):
        bucket.rm(BUCKET, recursive=True)  # what moto keeps is the process's; the bucket goes too
    bucket.mkdir(BUCKET)
    yield store
    store.stop()
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture
def app(store: ObjectStore, make_app: Callable[..., Flask]) -> Flask:
    return make_app(storage_url=f"s3://{BUCKET}/portal", importers=(IMPORTERS,), chunk_rows=4)


@pytest.fixture
def keys() -> Callable[[], list[str]]:
    """What is in the bucket."""
    return lambda: s3fs.S3FileSystem(use_listings_cache=False).find(BUCKET)


def test_a_file_is_kept_read_and_deleted_there(job_lab: JobLab, keys) -> None:
    content = b"%PDF-1.7\n" + bytes(range(256)) * 10_000
    [file] = add_many([upload("a.pdf", content)], actor=job_lab.user).files
    assert keys() == [f"{BUCKET}/portal/{file.storage_key}"]
    with storage().open(file.storage_key) as kept:
        kept.seek(1_000_000)
        assert kept.read(10) == content[1_000_000:1_000_010]
    with storage().at_hand(file.storage_key, data_folder() / "work") as path:
        assert path.read_bytes() == content
    assert list((data_folder() / "work").iterdir()) == list((data_folder() / "incoming").iterdir()) == []
    assert rename_file(file.id, "b.pdf", actor=job_lab.user).kind == "pdf"
    delete_file(file.id, actor=job_lab.user)
    assert keys() == []


def test_pages_show_what_is_kept_there(app: Flask, users, sign_in, keys) -> None:
    operator = users("operator")
    browser: FlaskClient = sign_in(operator)
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/files/").text)
    data = {"csrf_token": token[1], "purpose": "alignment", "files": [(io.BytesIO(b"# Title\n\n*soft*\n"), "a.md")]}
    assert "a.md was added." in browser.post("/files/", data=data, follow_redirects=True).text
    page = re.search(r'href="(/files/file-[^"]+)"', browser.get("/files/").text)[1]
    assert "<em>soft</em>" in browser.get(page).text
    answer = browser.get(f"{page}/download", headers={"Range": "bytes=2-6"})
    assert (answer.status_code, answer.data) == (206, b"Title")
    assert browser.submit(page, f"{page}/delete").status_code == 302
    assert keys() == []


def test_a_run_imports_from_there(lab: Lab, keys) -> None:
    run_id = lab.start("notes", "body\n" + "".join(f"note {number}\n" for number in range(10)))
    assert len(keys()) == 1
    lab.drain()
    assert (lab.find(run_id).status, counts(lab.find(run_id))) == (RunStatus.COMPLETED, (10, 10, 0, 0))
    assert len(keys()) == 1


def test_a_document_becomes_markdown_there(job_lab: JobLab, keys) -> None:
    [file_id] = added(job_lab.user, "a.txt")
    job_id = job_lab.job(file_id)
    job_lab.convert()
    assert job_lab.states(job_id) == {"a.txt": "completed"}
    assert "Text of a.txt." in job_lab.result(job_id, "a.txt")
    assert len(keys()) == 2


def test_an_address_of_which_nothing_is_known_is_said_at_the_start(make_app: Callable[..., Flask]) -> None:
    with pytest.raises(ValueError, match="STORAGE_URL can't be used: Protocol not known: foo"):
        make_app(storage_url="foo://bucket")


def test_while_it_is_away_people_are_told_and_nothing_is_lost(job_lab: JobLab, store: ObjectStore, sign_in) -> None:
    [file_id] = added(job_lab.user, "a.md")
    user, arriving = job_lab.user, upload("b.txt")
    browser = sign_in("admin")
    store.stop()
    for act in (lambda: add_many([arriving], actor=user), lambda: delete_file(file_id, actor=user)):
        with pytest.raises(OutOfReach, match="can't be reached"):
            act()
    assert "a.md" in browser.get("/files/").text
    answer = browser.get(f"/files/{file_id}/download")
    assert (answer.status_code, "Nothing is lost. Try again in a minute" in answer.text) == (503, True)
    arriving.close()
    db.session.rollback()
    assert left_behind()[::2] == (0, 1)
    assert queries.visible_file(user, file_id).name == "a.md"
    store.start()
    assert rename_file(file_id, "c.md", actor=user).name == "c.md"
