"""The pages of the library."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from portal.accounts import queries as accounts
from portal.accounts.models import User
from portal.datajobs import operations as jobs
from portal.extensions import db
from portal.files.models import StoredFile
from tests.support.library import PDF, added


@pytest.fixture
def app(request: pytest.FixtureRequest, make_app) -> Flask:
    return make_app(**getattr(request, "param", {}))


@pytest.fixture
def operator(users):
    return users("operator")


@pytest.fixture
def browser(sign_in, operator) -> FlaskClient:
    return sign_in(operator)


@pytest.fixture
def keep(app: Flask, operator) -> Callable[..., list[str]]:
    """Files of the operator: as `added`."""

    def make(*names: str, **contents: bytes | str) -> list[str]:
        with app.app_context():
            return added(accounts.user_by_id(operator.id), *names, **contents)

    return make


def send(browser: FlaskClient, *files: tuple[str, bytes], **fields: str):
    """Upload files by the form of the list."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/files/").text)
    assert token
    parts = [(io.BytesIO(content), name) for name, content in files]
    data = {"csrf_token": token[1], "purpose": "alignment", "files": parts, **fields}
    return browser.post("/files/", data=data, content_type="multipart/form-data", follow_redirects=True)


def test_an_empty_library_says_what_to_do(browser: FlaskClient, sign_in) -> None:
    assert "Drop documents on the field above" in browser.get("/files/").text
    text = sign_in("auditor").get("/files/").text
    assert "as soon as someone uploads one" in text
    assert "Drop files here" not in text


def test_files_are_uploaded_and_listed(browser: FlaskClient) -> None:
    page = send(browser, ("report.pdf", PDF), ("notes.md", b"# Notes\n"))
    assert "2 files were added." in page.text
    assert "PDF document" in page.text
    assert "Files 1–2 of 2" in page.text


def test_a_single_one_is_named(browser: FlaskClient) -> None:
    assert "report.pdf was added." in send(browser, ("report.pdf", PDF)).text


def test_what_is_there_already_is_announced(browser: FlaskClient, keep) -> None:
    keep("a.txt")
    page = send(browser, ("b.txt", b"Text of a.txt.\n"), ("c.txt", b"New.\n"))
    assert "Kept, though you have it already: 1 file." in page.text
    assert "Files 1–3 of 3" in page.text
    page = send(browser, ("d.txt", b"Text of a.txt.\n"), leave_out_known="y")
    assert "Left out, since you have it already: 1 file." in page.text
    assert "Files 1–3 of 3" in page.text


@pytest.mark.parametrize("app", [{"max_upload_bytes": 1000}], indirect=True)
def test_one_that_is_too_large_is_named_and_the_others_are_kept(browser: FlaskClient) -> None:
    page = send(browser, ("big.txt", b"x" * 1001), ("small.txt", b"Small.\n"))
    assert (page.status_code, "1 file couldn’t be kept." in page.text) == (200, True)
    assert "<bdi>big.txt</bdi>: It is larger than the 1.0 kB" in page.text
    assert "Files 1–1 of 1" in page.text


@pytest.mark.parametrize("files", [(), tuple((f"{number}.txt", b"x") for number in range(101))])
def test_none_and_too_many_are_refused_beside_the_field(browser: FlaskClient, files) -> None:
    page = send(browser, *files)
    assert page.status_code == 422
    assert ("At most 100 files can be uploaded at once" if files else "Choose at least one file") in page.text
    assert "field-error" in page.text
    assert "No files yet" in page.text


def test_a_purpose_that_there_is_not_is_refused(browser: FlaskClient) -> None:
    assert send(browser, ("a.txt", b"x"), purpose="fun").status_code == 422


def test_the_list_is_narrowed_sorted_and_paged(app: Flask, browser: FlaskClient, keep, operator) -> None:
    ids = keep("b.txt", "100%.txt", **{"a_pdf": PDF, "made_md": "# Made\n"})
    with app.app_context():
        job_id = make_job(accounts.user_by_id(operator.id), ids[0])
        db.session.get_one(StoredFile, ids[3]).origin_file_id = ids[0]
        db.session.commit()
    for query, names in {
        "": ["a.pdf", "100%.txt", "b.txt"],
        "?kind=pdf": ["a.pdf"],
        "?kind=unknown": [],
        "?purpose=pre-train": [],
        "?used=yes": ["b.txt"],
        "?used=no": ["a.pdf", "100%.txt"],
        "?search=B.T": ["b.txt"],
        "?search=%25": ["100%.txt"],
        "?converted=yes": ["made.md"],
        "?converted=all&sort=filename": ["100%.txt", "a.pdf", "b.txt", "made.md"],
        "?sort=-filename&page=99": ["b.txt", "a.pdf", "100%.txt"],
        "?sort=size": ["b.txt", "100%.txt", "a.pdf"],
        "?sort=nonsense&used=nonsense&converted=nonsense&page=x": ["made.md", "a.pdf", "100%.txt", "b.txt"],
    }.items():
        assert listed(browser.get(f"/files/{query}").text) == names, query
    text = browser.get("/files/").text
    assert f'<a href="/jobs/{job_id}"><bdi>Handbooks</bdi></a>' in text
    assert f'converted to <a href="/files/{ids[3]}">' in text
    assert f'from <a href="/files/{ids[0]}">' in browser.get("/files/?converted=yes").text


def test_operators_see_their_own_and_auditors_all(browser: FlaskClient, users, sign_in, keep, operator) -> None:
    [file_id] = keep("a.txt")
    other, auditor = sign_in(users("operator", "other@example.com")), sign_in("auditor")
    assert listed(other.get(f"/files/?owner={operator.id}").text) == []
    assert "Owner" not in browser.get("/files/").text
    assert listed(auditor.get(f"/files/?owner={operator.id}").text) == ["a.txt"]
    assert listed(auditor.get("/files/?owner=999").text) == []
    assert "Choose a.txt" not in auditor.get("/files/").text
    for path in ("", "/download"):
        assert other.get(f"/files/{file_id}{path}").status_code == 404
        assert auditor.get(f"/files/{file_id}{path}").status_code == 200


@pytest.mark.parametrize("count", [1, 20])
def test_the_list_takes_the_same_statements_however_long_it_is(app: Flask, sign_in, keep, operator, count: int) -> None:
    ids = keep(*(f"{number}.txt" for number in range(count)))
    with app.app_context():
        make_job(accounts.user_by_id(operator.id), *ids)
    auditor = sign_in("auditor")
    auditor.get("/files/")
    with counted(app) as sent:
        assert len(listed(auditor.get("/files/").text)) == count
    assert len([statement for statement in sent if "files" in statement]) == 5


def test_a_file_has_a_page(browser: FlaskClient, keep) -> None:
    [file_id] = keep(**{"report_docx": PDF})
    text = browser.get(f"/files/{file_id}").text
    assert "It is called a Word document (DOCX), but its content is that of: PDF document." in text
    assert "Uploaded" in text
    assert re.search(r'value="[0-9a-f]{64}" aria-label="SHA-256"', text)


def test_markdown_is_rendered_and_other_texts_are_shown_as_they_are(browser: FlaskClient, keep) -> None:
    ids = keep(**{"a_md": "# Title\n\n<script>alert(1)</script>\n\n*soft*\n", "b_html": "<html><b>bold</b>"})
    text = browser.get(f"/files/{ids[0]}").text
    assert "<em>soft</em>" in text
    assert "alert(1)" not in text
    assert "&lt;b&gt;bold&lt;/b&gt;" in browser.get(f"/files/{ids[1]}").text


def test_a_file_whose_contents_are_gone_still_has_its_page(app: Flask, browser: FlaskClient, keep) -> None:
    [file_id] = keep("a.txt")
    with app.app_context():
        key = db.session.get_one(StoredFile, file_id).storage_key
        (app.config["PORTAL"].data_dir / "files" / key).unlink()
    page = browser.get(f"/files/{file_id}")
    assert (page.status_code, "Its contents can’t be shown." in page.text) == (200, True)
    assert browser.get(f"/files/{file_id}/download").status_code == 404


def test_a_download_is_saved_and_never_shown(browser: FlaskClient, keep) -> None:
    [file_id] = keep(**{"Übersicht_html": "<!doctype html><script>alert(1)</script>"})
    answer = browser.get(f"/files/{file_id}/download")
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert "filename*=UTF-8''%C3%9Cbersicht.html" in answer.headers["Content-Disposition"]
    assert (answer.mimetype, answer.headers["X-Content-Type-Options"]) == ("text/html", "nosniff")
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    part = browser.get(f"/files/{file_id}/download", headers={"Range": "bytes=1-8"})
    assert (part.status_code, part.data) == (206, b"!doctype")
    assert browser.get(f"/files/{file_id}/download", headers={"Range": "bytes=999-"}).status_code == 416


def test_a_file_is_renamed(browser: FlaskClient, keep) -> None:
    [file_id] = keep("a.txt")
    page, action = f"/files/{file_id}", f"/files/{file_id}/rename"
    assert browser.submit(page, action, name="b.txt").status_code == 302
    assert "a.txt is called b.txt now." in browser.get(page).text
    refused = browser.submit(page, action, name="b/c")
    assert (refused.status_code, 'value="b/c"' in refused.text) == (422, True)
    assert "contain slashes" in refused.text


def test_a_used_file_offers_no_deletion(app: Flask, browser: FlaskClient, keep, operator) -> None:
    ids = keep("a.txt", "b.txt")
    with app.app_context():
        make_job(accounts.user_by_id(operator.id), ids[0])
    page = f"/files/{ids[0]}"
    assert "It can’t be deleted while it is used." in browser.get(page).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(page).text)
    refused = browser.post(f"{page}/delete", data={"csrf_token": token[1]})
    assert (refused.status_code, "It is used by Data job “Handbooks”." in refused.text) == (409, True)
    assert browser.submit(f"/files/{ids[1]}", f"/files/{ids[1]}/delete").status_code == 302
    assert browser.get(f"/files/{ids[1]}").status_code == 404


def test_several_are_deleted_after_a_question_that_names_them(app: Flask, browser, keep, operator) -> None:
    ids = keep("a.txt", "b.txt", "c.txt")
    with app.app_context():
        make_job(accounts.user_by_id(operator.id), ids[1])
    query = "&".join(f"file_id={file_id}" for file_id in ids)
    question = browser.get(f"/files/delete?{query}").text
    assert "Delete 2 files?" in question
    assert re.search(r"This one stays, since it is used:.*b\.txt.*Handbooks", question, re.DOTALL)
    token = re.search(r'name="csrf_token" value="([^"]+)"', question)
    data = {"csrf_token": token[1], "file_id": re.findall(r'name="file_id" value="([^"]+)"', question)}
    assert "2 files were deleted." in browser.post("/files/delete", data=data, follow_redirects=True).text
    assert listed(browser.get("/files/").text) == ["b.txt"]
    assert browser.get("/files/delete").status_code == 422
    assert "The files are gone" in browser.get(f"/files/delete?file_id={ids[0]}").text
    assert browser.post("/files/delete", data=data).status_code == 404


def listed(text: str) -> list[str]:
    """The names in the list of a page."""
    rows = re.findall(r'<td class="stack-first cell-name"><a href="[^"]+"><bdi>([^<]+)</bdi>', text)
    assert rows or "No file" in text
    return rows


def make_job(user: User, *file_ids: str) -> str:
    job_id: str = jobs.create_job("Handbooks", "context_grounded_files", actor=user).id
    jobs.add_files(job_id, file_ids, actor=user)
    return job_id


@contextmanager
def counted(app: Flask):
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_what_a_killed_portal_left_of_uploads_goes_with_the_next_one(browser: FlaskClient, app: Flask) -> None:
    incoming = app.config["PORTAL"].data_dir / "incoming"
    incoming.mkdir()
    for name in ("left-behind", "arriving"):
        (incoming / name).write_bytes(b"half")
    os.utime(incoming / "left-behind", (0, 0))
    send(browser, ("a.txt", b"Some text."))
    assert [file.name for file in incoming.iterdir()] == ["arriving"]
