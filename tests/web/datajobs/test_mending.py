"""Adding, retrying, replacing and removing files, and stopping what is converted, from the page of a data job."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.datajobs import operations
from portal.documents.failures import EMPTY, SCANNED
from tests.web.datajobs.conftest import Bench, fail, post, upload, words


def said(browser: FlaskClient, answer: TestResponse) -> str:
    """The messages on the page that an action leads to."""
    assert answer.status_code == 302, words(answer)
    page = browser.get(answer.location).text.partition("</main>")[0]
    return " ".join(" ".join(re.sub(r"<[^>]*>", " ", part).split()) for part in re.findall(NOTICE, page, re.DOTALL))


NOTICE = r'<div class="notice-text">(.*?)</div>\s*<button type="button" class="notice-close'


def test_files_are_uploaded_into_the_job(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id = lab.job()
    files = [upload("a.txt"), upload("b.md", b"# B\n"), upload("c.bin", bytes(range(256))), upload("d.txt", b"")]
    answer = post(jo, f"/jobs/{job_id}/files/upload", files=files, method="speed-optimized")
    told = said(jo, answer)
    assert "4 files added. 2 files can’t be converted: see below why." in told
    with bench() as lab:
        assert lab.states(job_id) == {"a.txt": "queued", "b.md": "ready", "c.bin": "failed", "d.txt": "failed"}
        assert lab.file_of(job_id, "a.txt").record.method == "speed-optimized"
        assert not any((lab.folder / "incoming").iterdir())


def test_without_a_file_the_form_says_so_and_keeps_the_method(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id = lab.job()
    answer = post(jo, f"/jobs/{job_id}/files/upload", method="speed-optimized")
    assert answer.status_code == 422
    assert 'id="files-error"' in answer.text
    assert "Choose at least one file." in answer.text
    assert re.search(r'<input[^>]*checked[^>]*value="speed-optimized"', answer.text)
    assert "Choose at least one file." in post(jo, f"/jobs/{job_id}/files/upload", files="a text").text


def test_more_files_follow_in_a_next_request(jo: FlaskClient, bench: Bench) -> None:
    """A browser sends hundreds of files in several goes; the page at the end tells of all."""
    with bench() as lab:
        job_id = lab.job()
    for number in range(2):
        values = {"files": [upload(f"{number}.md")], "method": "speed-optimized", "more": "1"}
        assert post(jo, f"/jobs/{job_id}/files/upload", **values).status_code == 204
    last = post(jo, f"/jobs/{job_id}/files/upload", files=[upload("2.md")], method="speed-optimized")
    assert said(jo, last).count("1 file added.") == 3


def test_files_of_the_library_are_added(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id, ids = lab.job(lab.file("there.txt")), [lab.file(f"{number}.txt") for number in range(3)]
        foreign = lab.file("secret.txt", by=lab.someone("operator", "other@example.com"))
    page = jo.get(f"/jobs/{job_id}/files/add")
    assert "In this data job already" in page.text
    assert "secret.txt" not in page.text
    assert "0.txt" not in words(jo.get(f"/jobs/{job_id}/files/add?search=1.t"))
    answer = post(jo, f"/jobs/{job_id}/files/add", file_id=[ids[0], ids[2]], method="accuracy-optimized")
    assert "2 files added." in said(jo, answer)
    with bench() as lab:
        assert set(lab.states(job_id)) == {"there.txt", "0.txt", "2.txt"}
    none = post(jo, f"/jobs/{job_id}/files/add", method="accuracy-optimized")
    assert none.status_code == 422
    assert "Choose at least one file." in none.text
    post(jo, f"/jobs/{job_id}/files/add", file_id=foreign, method="accuracy-optimized")
    shown = jo.get(f"/jobs/{job_id}")
    assert "The file was not found or is not owned by the current user." in words(shown)
    assert "secret.txt" not in shown.text
    assert f"/jobs/{job_id}/files/{foreign}" not in shown.text


def test_a_failed_file_is_retried_with_the_other_method(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id = lab.job(lab.file("scan.pdf"))
        fail(lab, job_id, "scan.pdf", SCANNED)
        file_id = lab.file_of(job_id, "scan.pdf").file_id
    answer = post(jo, f"/jobs/{job_id}/files/retry", file_id=file_id, method="accuracy-optimized")
    assert said(jo, answer) == "scan.pdf: queued again."
    with bench() as lab:
        record = lab.file_of(job_id, "scan.pdf").record
        assert (record.status, record.method, record.error_message) == ("queued", "accuracy-optimized", None)


def test_all_failed_or_the_chosen_ones_are_retried(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id = lab.job(*(lab.file(f"{name}.txt") for name in "abcd"))
        for name in ("a.txt", "b.txt", "c.txt"):
            fail(lab, job_id, name, EMPTY)
        ids = {name: lab.file_of(job_id, f"{name}.txt").file_id for name in "abcd"}
    page = jo.get(f"/jobs/{job_id}").text
    assert "Retry 3 failed files" in page
    assert f'name="file_id" value="{ids["a"]}" form="chosen"' in page
    assert said(jo, post(jo, f"/jobs/{job_id}/files/retry", file_id=[ids["a"], ids["b"]])) == (
        "a.txt and b.txt: queued again."
    )
    with bench() as lab:
        assert lab.states(job_id)["c.txt"] == "failed"
    assert said(jo, post(jo, f"/jobs/{job_id}/files/retry", all="1")) == "c.txt: queued again."


def test_what_someone_else_has_done_meanwhile_is_told(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id = lab.job(lab.file("a.txt"))
        file_id = lab.file_of(job_id, "a.txt").file_id
    retry, remove = f"/jobs/{job_id}/files/retry", f"/jobs/{job_id}/files/remove"
    meanwhile = "Not all chosen files have failed. Someone may have retried or removed one meanwhile."
    assert said(jo, post(jo, retry, file_id=file_id)) == meanwhile
    assert said(jo, post(jo, retry, all="1")) == "No file of this data job has failed. There is nothing to retry."
    assert said(jo, post(jo, retry)) == "Choose the files that are to be retried."
    assert said(jo, post(jo, remove)) == "Choose at least one file."
    assert "some were removed or replaced meanwhile" in said(jo, post(jo, remove, file_id="file-gone"))
    replace = post(jo, f"/jobs/{job_id}/files/replace", file_id="file-gone", file=upload("new.txt"))
    assert "The data job has no file file-gone. It may have been removed meanwhile." in said(jo, replace)
    assert "new.txt" not in jo.get("/files/").text
    with bench() as lab:
        lab.convert()
    assert "nothing can be cancelled" in said(jo, post(jo, f"/jobs/{job_id}/cancel"))
    with bench() as lab:
        operations.delete_job(job_id, actor=lab.user)
    for action in ("files/retry", "files/remove", "files/replace", "files/upload", "cancel", "delete", "edit"):
        gone = post(jo, f"/jobs/{job_id}/{action}", file_id=file_id, all="1")
        assert gone.status_code == 404
        assert "It may have been deleted, or belong to someone else." in words(gone)


def test_a_file_is_replaced_in_one_step(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id = lab.job(lab.file("empty.txt", ""))
        file_id = lab.file_of(job_id, "empty.txt").file_id
    page = f"/jobs/{job_id}?state=open"
    assert f'action="/jobs/{job_id}/files/replace?state=open"' in jo.get(page).text
    answer = post(
        jo, f"/jobs/{job_id}/files/replace?state=open", file_id=file_id, file=upload("full.txt", b"Full of text.")
    )
    assert answer.location == page
    assert said(jo, answer) == "full.txt has taken its place."
    with bench() as lab:
        lab.convert()
        assert lab.states(job_id) == {"full.txt": "completed"}
        assert lab.result(job_id, "full.txt").strip() == "Full of text."


def test_replacing_without_a_file_is_told(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id = lab.job(lab.file("empty.txt", ""))
        file_id = lab.file_of(job_id, "empty.txt").file_id
    answer = post(jo, f"/jobs/{job_id}/files/replace", file_id=file_id)
    assert said(jo, answer) == "Choose the file that is to take its place."


def test_removed_files_come_back_with_one_button(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id = lab.job(lab.file("fast.txt"), lab.file("ready.md", "# R\n"))
        lab.add(job_id, lab.file("exact.txt"), method="accuracy-optimized")
        ids = [file.file.file_id for file in lab.files(job_id)]
    answer = post(jo, f"/jobs/{job_id}/files/remove", file_id=ids)
    page = jo.get(answer.location)
    assert "fast.txt, ready.md and exact.txt removed from the data job, and still in the library." in words(page)
    with bench() as lab:
        assert lab.states(job_id) == {}
    fields = dict(re.findall(r'name="((?:speed|accuracy)-optimized)" value="([^"]+)"', page.text))
    assert fields["speed-optimized"] == ids[0]
    back = post(jo, f"/jobs/{job_id}/files/bring-back", **{"speed-optimized": ids[0], "accuracy-optimized": ids[1:]})
    assert "1 file added. 2 files added." in " ".join(said(jo, back).split())
    with bench() as lab:
        assert lab.states(job_id) == {"fast.txt": "queued", "ready.md": "ready", "exact.txt": "queued"}
        assert lab.file_of(job_id, "fast.txt").record.method == "speed-optimized"


@pytest.mark.parametrize(("count", "has_button"), [(20, True), (21, False)])
def test_many_that_are_removed_come_back_from_the_library_alone(
    jo: FlaskClient, bench: Bench, count: int, has_button: bool
) -> None:
    with bench() as lab:
        job_id = lab.job(*(lab.file(f"{number}.md") for number in range(count)))
        ids = [file.file.file_id for file in lab.files(job_id)]
    answer = post(jo, f"/jobs/{job_id}/files/remove", file_id=ids)
    assert len(answer.headers["Set-Cookie"]) < 4_000, "browsers drop larger ones"
    page = jo.get(answer.location).text
    assert f"0.md, 1.md, 2.md and {count - 3} more" in page
    assert ("bring-back" in page) == has_button


def test_processing_is_cancelled_after_a_question(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id = lab.job(lab.file("a.txt"), lab.file("b.txt"), lab.file("c.md"))
    shown = words(jo.get(f"/jobs/{job_id}"))
    assert "Stop converting? 2 files aren’t converted then, and can be retried." in shown
    cancelled = jo.submit(f"/jobs/{job_id}", f"/jobs/{job_id}/cancel")
    assert said(jo, cancelled).startswith("a.txt and b.txt: stopped.")
    after = words(jo.get(f"/jobs/{job_id}"))
    assert "Cancelled" in after
    assert "The conversion was cancelled. Retry it, or remove the file." in after
    assert "Cancel processing…" not in after
