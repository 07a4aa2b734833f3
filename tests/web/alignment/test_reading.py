"""The list of training data and the page of one."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.asking import selects
from tests.web.alignment.conftest import Bench
from tests.web.datajobs.conftest import post, words


def test_the_list_says_what_is_made_of_what(jo: FlaskClient, bench: Bench) -> None:
    assert "No training data yet" in jo.get("/alignments/").text
    with bench() as lab:
        job_id = lab.job()
        lab.made(["a?", "b?"], ["c?"], data_job_id=job_id)
        lab.made(["d?"], status="running")
    page = jo.get("/alignments/")
    shown = words(page)
    assert "1.md and 1 more for a data job Principles Completed 100 % 3 just now you" in shown
    assert "1.md Principles Running 35 %" in shown
    assert f'href="/jobs/{job_id}"' in page.text
    assert 'hx-trigger="every 1s" hx-select="#alignments"' in page.text


def test_the_list_is_for_those_who_may_see_it(jo: FlaskClient, bench: Bench, sign_in) -> None:
    with bench() as lab:
        public_id = lab.made(["a?"])
    stranger, auditor = sign_in("operator"), sign_in("auditor")
    assert "No training data yet" in stranger.get("/alignments/").text
    assert "jo@example.com" in words(auditor.get("/alignments/"))
    for path in ("", "/pairs", "/timeline", "/pairs/1"):
        assert stranger.get(f"/alignments/{public_id}{path}").status_code == 404
        assert auditor.get(f"/alignments/{public_id}{path}").status_code == 200
    assert "/pairs/drop" not in auditor.get(f"/alignments/{public_id}/pairs").text
    assert "Save" not in auditor.get(f"/alignments/{public_id}/pairs/1").text


def test_lists_take_the_same_statements_however_long_they_are(app: Flask, jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        public_id = lab.made(["a?"])
    paths = ("/alignments/", f"/alignments/{public_id}", f"/alignments/{public_id}/pairs")
    few = [len(selects(app, jo, path)) for path in paths]
    with bench() as lab:
        many = lab.made(*([f"{document} {number}?" for number in range(9)] for document in range(4)))
        for _ in range(5):
            lab.made(["a?"], ["b?"])
    paths = ("/alignments/", f"/alignments/{many}", f"/alignments/{many}/pairs")
    assert [len(selects(app, jo, path)) for path in paths] == few


def test_the_page_shows_each_step_while_it_is_made(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        public_id = lab.made(["a?"], ["b?"], status="running")
    page = jo.get(f"/alignments/{public_id}")
    shown = words(page)
    for text in ("Make questions and answers", "1.2 kB of 2.5 kB of Markdown", "Find duplicates", "Write the files"):
        assert text in shown
    assert "2 pairs so far" in shown
    assert "Cancel the making of training data? What was made so far, 2 pairs, is thrown away." in shown
    poll = jo.get(f"/alignments/{public_id}", headers={"HX-Request": "true"})
    assert poll.text.lstrip().startswith('<div id="alignment"')
    assert f'hx-get="/alignments/{public_id}?page=1" hx-trigger="every 1s"' in poll.text


def test_the_page_has_files_documents_and_counts_in_the_end(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        public_id = lab.made(["a?", "b?"], ["c?"])
        lab.set_pair(public_id, 0, state="dropped")
        lab.set_pair(public_id, 1, state="duplicate")
        jsonl = lab.job_of(public_id).jsonl_file_id
    page = jo.get(f"/alignments/{public_id}")
    shown = words(page)
    assert "pair in the files 1 documents 2 dropped 1 duplicate left out 1" in shown
    assert f'href="/files/{jsonl}/download"' in page.text
    assert f'href="/alignments/{public_id}/pairs?document=2"' in page.text
    assert "every 1s" not in page.text
    assert "Delete this training data with its 1 pair?" in shown
    assert "Its 2 files stay in the library" in shown
    assert "Tokens" not in shown


def test_what_a_model_wrote_says_what_it_took(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        public_id = lab.made(["a?"], model="some-model")
        lab.write("UPDATE alignment_sources SET refused = 3, requests = 12, input_tokens = 34567, output_tokens = 890")
    shown = words(jo.get(f"/alignments/{public_id}"))
    assert "made by the language model some-model" in shown
    assert "Requests 12 Tokens read 34,567 Tokens written 890 Cost – none Pairs refused 3" in shown


@pytest.mark.parametrize(
    ("status", "text"),
    [
        ("pending", "It waits until a worker has time for it. No worker is running"),
        ("queued", "It waits until a worker has time for it."),
        ("failed", "The store is away. Wait a while."),
        ("cancelled", "so there are no files"),
    ],
)
def test_each_end_is_told(jo: FlaskClient, bench: Bench, status: str, text: str) -> None:
    with bench() as lab:
        public_id = lab.made(["a?"], status=status, error_message="The store is away.", suggested_fix="Wait a while.")
    assert text in words(jo.get(f"/alignments/{public_id}"))
    assert "No pairs to look at" in jo.get(f"/alignments/{public_id}/pairs").text


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_no_document_of_what_has_ended_seems_to_be_at_work_or_to_have_pairs(
    jo: FlaskClient, bench: Bench, status: str
) -> None:
    with bench() as lab:
        public_id = lab.made(["a?", "b?"], ["c?"], ["d?"], status=status, error_message="The store is away.")
        lab.write("UPDATE alignment_sources SET status = 'running' WHERE number = 2")
        lab.write("UPDATE alignment_sources SET status = 'queued' WHERE number = 3")
    shown = words(jo.get(f"/alignments/{public_id}"))
    assert "1.md 1.2 kB Done – none 2.md 1.2 kB Stopped – none 3.md 1.2 kB Stopped – none" in shown


def test_the_documents_are_paged(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        public_id = lab.made(*(["a?"] for _ in range(26)))
    assert "Documents 1–25 of 26" in words(jo.get(f"/alignments/{public_id}"))
    assert "26.md" in words(jo.get(f"/alignments/{public_id}?page=2"))


def test_training_data_is_cancelled_and_deleted(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        public_id = lab.made(["a?"], status="running")
    here = f"/alignments/{public_id}"
    assert post(jo, f"{here}/cancel").location == here
    assert "The making of training data was cancelled." in words(jo.get(here))
    post(jo, f"{here}/cancel")
    assert "There is nothing to stop." in words(jo.get(here))
    assert post(jo, f"{here}/delete").location == "/alignments/"
    assert "The training data was deleted." in words(jo.get("/alignments/"))
    assert jo.get(here).status_code == 404


def test_training_data_is_made_of_files_of_the_library(jo: FlaskClient, bench: Bench) -> None:
    assert "No Markdown in the library" in jo.get("/alignments/new").text
    with bench() as lab:
        ids = [lab.file(f"{name}.md", "# Leave\n\nEvery colleague has 25 days of leave a year.\n") for name in "ab"]
        lab.file("c.txt")
    form = jo.get("/alignments/new").text
    assert "a.md" in form
    assert "c.txt" not in form
    refused = post(jo, "/alignments/new", type="principle", files=ids[:1])
    assert refused.status_code == 422
    assert "Say what the training data is for." in refused.text
    assert f'value="{ids[0]}" aria-labelledby="name-{ids[0]}" checked' in refused.text
    empty = post(jo, "/alignments/new", type="principle", instructions="For all.")
    assert (empty.status_code, "Choose at least one file." in empty.text) == (422, True)
    made = post(jo, "/alignments/new", type="principle", instructions="For all.", system_prompt="Be kind.", files=ids)
    assert made.status_code == 302, words(made)
    shown = words(jo.get(made.location))
    assert "a.md and 1 more Queued" in shown
    assert "Be kind." in shown


def test_files_stay_chosen_that_the_page_of_the_list_does_not_have(jo: FlaskClient, bench: Bench, users) -> None:
    """They were found by a search, of which the form knows nothing where it is refused."""
    with bench() as lab:
        foreign = lab.file("foreign.md", by=users("operator", "other@example.com"))
        [oldest, *_] = [lab.file(f"{number}.md") for number in range(26)]
    assert oldest not in jo.get("/alignments/new").text
    refused = post(jo, "/alignments/new", type="principle", files=[oldest, foreign])
    assert f'value="{oldest}" aria-labelledby="name-{oldest}" checked' in refused.text
    assert refused.text.count(" checked></td>") == 1, "nobody learns of files of others"
