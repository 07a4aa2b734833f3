"""The page of a data job: what it shows while files are processed and afterwards."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.database import utcnow
from portal.datajobs import operations
from portal.datajobs.engine import claims
from portal.documents.failures import EMPTY, SCANNED, TOO_SLOW
from portal.extensions import db
from tests.support.asking import selects
from tests.web.datajobs.conftest import Bench, fail, post, words


def test_the_page_tells_how_far_each_file_is(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        other = lab.job(lab.file("first.txt"))
        job_id = lab.job(*(lab.file(name) for name in ("a.txt", "b.pdf", "c.docx", "d.md")))
        lab.set_state(other, "first.txt", "cancelled")
        assert claims.claim_next(db.session, lab.context().by)
        fail(lab, job_id, "b.pdf", SCANNED)
    page = jo.get(f"/jobs/{job_id}")
    assert page.status_code == 200
    shown = words(page)
    assert "1 of 4 files is ready, 1 needs you" in shown
    assert "1st in the queue" in shown
    assert "The document consists of images of pages, without any text." in shown
    assert "Retry it with the method accuracy-optimized, which recognises text in images." in shown
    assert shown.index("b.pdf") < shown.index("a.txt"), "what needs someone comes first"
    for badge in ("Processing files", "Running", "Queued", "Failed", "Ready"):
        assert badge in shown


def test_it_asks_again_each_second_until_nothing_is_active(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id = lab.job(lab.file("a.txt"), lab.file("bad.txt", " "))
    live = f'hx-get="/jobs/{job_id}" hx-trigger="every 1s"'
    assert live in jo.get(f"/jobs/{job_id}").text
    with bench() as lab:
        lab.convert()
        assert lab.states(job_id) == {"a.txt": "completed", "bad.txt": "failed"}
    poll = jo.get(f"/jobs/{job_id}", headers={"HX-Request": "true"})
    assert poll.text.lstrip().startswith('<div id="job"'), "the poll gets the live part alone"
    assert 'hx-trigger="every 1s"' not in poll.text
    assert "1 of 2 files is ready, 1 needs you." in words(poll)
    assert 'data-announce="Handbooks: Needs review. 1 of 2 files is ready, 1 needs you."' in poll.text
    assert "The file appears to be empty. Upload a file with content." in words(poll)
    assert "File processing completed" in words(poll)


def test_page_and_poll_show_the_same(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id = lab.job(lab.file("a.txt"))
    page, poll = jo.get(f"/jobs/{job_id}"), jo.get(f"/jobs/{job_id}", headers={"HX-Request": "true"})
    assert words(poll) in words(page)


def test_the_checklist_says_what_stands_before_the_start(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id = lab.job(job_type="principle_files")
    empty = jo.get(f"/jobs/{job_id}")
    assert "Before it can start 2 of 5 done" in words(empty)
    assert '<a href="#add-files">Add files</a>' in empty.text
    assert '<a href="#system-prompt">Write a system prompt</a>' in empty.text
    with bench() as lab:
        lab.add(job_id, lab.file("a.md", "# A\n"), lab.file("b.txt", ""))
    failed = jo.get(f"/jobs/{job_id}")
    assert f'<a href="/jobs/{job_id}?state=open#job-files">Retry, replace or remove 1 file</a>' in failed.text
    with bench() as lab:
        operations.remove_files(job_id, [lab.file_of(job_id, "b.txt").file_id], actor=lab.user)
    jo.submit(f"/jobs/{job_id}", f"/jobs/{job_id}/system-prompt", system_prompt="You are kind.")
    done = words(jo.get(f"/jobs/{job_id}"))
    assert "5 of 5 done" in done
    assert "Its file is ready." in done
    assert "Ready to start" in done


def test_a_system_prompt_that_is_too_long_is_kept_and_refused_beside_its_field(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id = lab.job(lab.file("a.md"))
    answer = post(jo, f"/jobs/{job_id}/system-prompt", system_prompt="x" * 100_001)
    assert answer.status_code == 422
    assert "At most 100,000 characters, please." in answer.text
    assert "x" * 100_001 in answer.text
    assert '<form method="post" id="prompt-form" data-keep' in re.sub(r' action="[^"]*"', "", answer.text)


@pytest.mark.parametrize("sent_to", ["system-prompt", "system-prompt/suggest", "files/upload"])
def test_the_list_of_files_goes_on_where_a_form_was_answered(jo: FlaskClient, bench: Bench, sent_to: str) -> None:
    with bench() as lab:
        job_id = lab.job(*(lab.file(f"{number}.md") for number in range(51)))
    page = post(jo, f"/jobs/{job_id}/{sent_to}", system_prompt="x" * 100_001, method="speed-optimized")
    onward = re.search(r'rel="next" href="([^"]+)"', page.text)[1]
    assert "Files 51–51 of 51" in words(jo.get(onward, follow_redirects=True))


def test_files_are_narrowed_and_paged(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id = lab.job(*(lab.file(f"{number}.md") for number in range(51)), lab.file("a.txt"), lab.file("b.txt", ""))
    assert "Files 1–50 of 53" in words(jo.get(f"/jobs/{job_id}"))
    last = jo.get(f"/jobs/{job_id}?page=2")
    assert "Files 51–53 of 53" in words(last)
    assert f'hx-get="/jobs/{job_id}?page=2"' in last.text, "the poll stays on the page"
    for state, shown in (("open", "b.txt"), ("processing", "a.txt"), ("usable", "0.md")):
        narrowed = jo.get(f"/jobs/{job_id}?state={state}")
        assert f"{shown}</bdi></a>" in narrowed.text
        assert len(re.findall('<tbody id="file-', narrowed.text)) == (50 if state == "usable" else 1)
        assert f'hx-get="/jobs/{job_id}?state={state}"' in narrowed.text
    with bench() as lab:
        lab.convert()
    assert "No such files" in jo.get(f"/jobs/{job_id}?state=processing").text


def test_the_pace_gives_the_time_that_is_left(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id = lab.job(*(lab.file(f"{number}.txt") for number in range(4)))
        lab.set_state(job_id, "0.txt", "completed")
        began = f"{utcnow() - timedelta(seconds=10):%Y-%m-%d %H:%M:%S.%f}"
        lab.write("UPDATE file_records SET processing_at = :at, completed_at = :at WHERE filename = '0.txt'", at=began)
    shown = words(jo.get(f"/jobs/{job_id}"))
    assert re.search(r"1 of 4 files is ready, about (29|3\d) s left\.", shown), shown


def test_a_failure_offers_the_other_method_where_that_mends_it(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id = lab.job(lab.file("scan.pdf"), lab.file("bad.pdf"))
        lab.add(job_id, lab.file("slow.pdf"), method="accuracy-optimized")
        for name, failure in (("scan.pdf", SCANNED), ("bad.pdf", EMPTY), ("slow.pdf", TOO_SLOW)):
            fail(lab, job_id, name, failure)
    page = jo.get(f"/jobs/{job_id}").text
    assert page.count("Retry accuracy-optimized") == page.count("Retry speed-optimized") == 1
    assert page.count("Replace file…") == 3


def test_all_events_are_on_a_page_of_their_own(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id = lab.job()
        for number in range(51):
            operations.update_job(job_id, actor=lab.user, name=f"Name {number}")
    page = jo.get(f"/jobs/{job_id}")
    assert f'<a href="/jobs/{job_id}/timeline">All 52 events</a>' in page.text
    assert "Data job created." not in page.text
    assert "Data job created." in jo.get(f"/jobs/{job_id}/timeline?page=2").text


def test_what_others_may(jo: FlaskClient, bench: Bench, sign_in, users) -> None:
    with bench() as lab:
        job_id = lab.job(lab.file("bad.txt", ""))
        file_id = lab.file_of(job_id, "bad.txt").file_id
    other, auditor = sign_in(users("operator", "other@example.com")), sign_in("auditor")
    pages = (f"/jobs/{job_id}", f"/jobs/{job_id}/timeline", f"/jobs/{job_id}/files/{file_id}")
    for path in pages:
        assert other.get(path).status_code == 404
        assert auditor.get(path).status_code == 200
    assert "Handbooks" not in other.get("/jobs/").text
    seen = auditor.get(f"/jobs/{job_id}").text
    assert f'action="/jobs/{job_id}' not in seen
    assert "As an auditor you can look at this data job" in seen
    for action in ("files/retry", "files/remove", "files/replace", "files/upload", "files/add", "cancel", "delete"):
        assert post(other, f"/jobs/{job_id}/{action}", all="1", file_id=file_id).status_code == 404
        assert post(auditor, f"/jobs/{job_id}/{action}", all="1", file_id=file_id).status_code == 403
    with bench() as lab:
        assert lab.states(job_id) == {"bad.txt": "failed"}


def test_what_an_auditor_reads_of_an_empty_job_leads_somewhere(jo: FlaskClient, bench: Bench, sign_in) -> None:
    with bench() as lab:
        job_id = lab.job(job_type="principle_files")
    seen = sign_in("auditor").get(f"/jobs/{job_id}").text
    leads_to = set(re.findall(r'href="#([^"]+)"', seen))
    assert leads_to
    assert leads_to <= set(re.findall(r' id="([^"]+)"', seen))


def test_names_and_texts_with_markup_are_shown_as_text(jo: FlaskClient, bench: Bench) -> None:
    markup = "<script>alert(1)</script>"
    with bench() as lab:
        job_id = lab.job(lab.file(f"{markup.replace('/', '')}.md"), description=markup, system_prompt=markup)
        lab.add(job_id, markup[:41])
        operations.update_job(job_id, actor=lab.user, name=f"Job {markup}")
    for path in (f"/jobs/{job_id}", "/jobs/", "/", f"/jobs/{job_id}/edit", f"/jobs/{job_id}/timeline"):
        page = jo.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


def test_many_files_take_no_more_statements_than_few(app: Flask, jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        few = lab.job(lab.file("a.txt"))
        many = lab.job(*(lab.file(f"{number}.txt") for number in range(60)))
    jo.get("/jobs/")
    assert len(selects(app, jo, f"/jobs/{few}")) == len(selects(app, jo, f"/jobs/{many}"))
