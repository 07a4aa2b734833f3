"""Starting a data job from its page, and what the page shows of its training data."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.datajobs import operations
from tests.support.benches import Bench, bench_of
from tests.support.training_data import TrainingDataLab
from tests.web.datajobs.conftest import post, upload, words

HTMX = {"HX-Request": "true"}
MARKDOWN = "# Leave\n\nEvery colleague has 25 days of leave a year.\n"


@pytest.fixture
def bench(app: Flask, tmp_path: Path) -> Bench[TrainingDataLab]:
    """That of the other tests, which can make training data past the engine as well."""
    return bench_of(TrainingDataLab, app, tmp_path)


def ready_job(lab: TrainingDataLab, **settings: str) -> str:
    return lab.job(*(lab.file(name, MARKDOWN) for name in ("a.md", "b.md")), **settings)


def started_job(lab: TrainingDataLab, **values: object) -> tuple[str, str]:
    """A job with training data in some status; ids of both."""
    job_id = ready_job(lab)
    public_id = lab.made(["a?", "b?"], ["c?"], data_job_id=job_id, **values)
    started = lab.job_of(public_id).id
    lab.write("UPDATE data_jobs SET alignment_job_id = :started WHERE id = :id", started=started, id=job_id)
    return job_id, public_id


def test_it_cant_be_started_before_it_is_ready(jo: FlaskClient, bench) -> None:
    with bench() as lab:
        job_id = lab.job(lab.file("a.txt"))
    page = jo.get(f"/jobs/{job_id}")
    assert '<button type="button" class="btn btn-primary" disabled aria-describedby="start-later">' in page.text
    assert "It can be started when all of the above is done." in words(page)
    assert f'action="/jobs/{job_id}/start"' not in page.text
    assert post(jo, f"/jobs/{job_id}/start").location == f"/jobs/{job_id}"
    assert "be started yet. 1 of 1 files is still being processed." in words(jo.get(f"/jobs/{job_id}"))


def test_one_reads_what_will_be_made_before_it_starts(jo: FlaskClient, bench, make_app) -> None:
    with bench() as lab:
        job_id = ready_job(lab)
        principles = ready_job(lab, job_type="principle_files", system_prompt="You know all about leave.")
    page = jo.get(f"/jobs/{job_id}")
    assert "Make training data of 2 documents?" in words(page)
    assert "Written by the portal itself, word for word from the text" in words(page)
    assert "A fixed one: to answer from the passage alone." in words(page)
    assert "System prompt You know all about leave." in words(jo.get(f"/jobs/{principles}"))


def test_one_for_a_vector_database_says_why_it_cant_be_started(jo: FlaskClient, bench) -> None:
    with bench() as lab:
        job_id = ready_job(lab, job_type="context_grounded_vector_db")
    page = words(jo.get(f"/jobs/{job_id}"))
    assert "This portal has no vector database" in page
    assert "Make training data of" not in page


def test_auditors_start_nothing(jo: FlaskClient, bench, sign_in) -> None:
    with bench() as lab:
        job_id = ready_job(lab)
    assert "Start" not in words(sign_in("auditor").get(f"/jobs/{job_id}")).replace("Started", "").replace(
        "Ready to start", ""
    )


def test_a_job_is_started_and_cancelled_and_started_again(jo: FlaskClient, bench) -> None:
    with bench() as lab:
        job_id = ready_job(lab)
    here = f"/jobs/{job_id}"
    assert jo.submit(here, f"{here}/start").location == here
    page = jo.get(here)
    shown = words(page)
    assert "Training data is to be made: it waits until a worker has time for it." in shown
    assert f'hx-get="{here}" hx-trigger="every 1s"' in page.text
    assert "Before it can start" not in shown
    assert 'hx-trigger="every 1s" hx-select="#jobs"' in jo.get("/jobs/").text
    for form in ("files/upload", "files/remove", "system-prompt", "system-prompt/suggest"):
        assert f'action="{here}/{form}' not in page.text, "nothing of it can be changed meanwhile"
    assert "Training data is being made of these files" in shown

    assert jo.submit(here, f"{here}/training-data/cancel").location == here
    shown = words(jo.get(here))
    assert "The making of training data was cancelled. Its documents are as they were." in shown
    assert "Handbooks Cancelled" in shown
    assert 'hx-trigger="every 1s"' not in jo.get(here).text
    post(jo, f"{here}/training-data/cancel")
    assert "There is nothing to stop." in words(jo.get(here))
    assert "Start again… Make training data of 2 documents?" in words(jo.get(here))
    assert jo.submit(here, f"{here}/start").location == here
    assert "Handbooks Queued" in words(jo.get(here))


def test_settings_that_were_opened_before_it_was_started(jo: FlaskClient, bench) -> None:
    with bench() as lab:
        job_id, _ = started_job(lab, status="running")
    here = f"/jobs/{job_id}"
    post(jo, f"{here}/edit", name="Rules", system_prompt="You are new.")
    assert "was started meanwhile: its name and description were saved, its system prompt" in words(jo.get(here))
    post(jo, f"{here}/edit", name="Rules", description="Of the firm")
    assert "The data job was saved." in words(jo.get(here))


def test_files_that_come_after_the_start_are_in_the_library_which_is_said_on_the_page(jo: FlaskClient, bench) -> None:
    with bench() as lab:
        job_id, _ = started_job(lab, status="running")
    files = [upload("late.md"), upload("later.md")]
    assert post(jo, f"/jobs/{job_id}/files/upload", files=files, method="speed-optimized").location == f"/jobs/{job_id}"
    shown = words(jo.get(f"/jobs/{job_id}"))
    assert "Training data is being made of this data job. Cancel that first, or wait for its end." in shown
    assert "late.md and later.md: kept in the library all the same." in shown
    assert "late.md" in jo.get("/files/").text


def test_each_step_is_shown_while_it_runs(jo: FlaskClient, bench) -> None:
    with bench() as lab:
        job_id, _ = started_job(lab, status="running")
    poll = jo.get(f"/jobs/{job_id}", headers=HTMX)
    shown = words(poll)
    assert "Training data is being made: 35 %, 3 pairs so far" in shown
    assert "Make questions and answers" in shown
    assert "Cancel the making of training data? What was made so far, 3 pairs, is thrown away." in shown
    assert 'data-title="35 % · Handbooks · Ingest Portal"' in poll.text
    assert 'data-announce="Handbooks: Running. "' in poll.text, "numbers aren't read aloud each second"


def test_what_came_of_it_leads_to_files_and_pairs(jo: FlaskClient, bench) -> None:
    with bench() as lab:
        job_id, public_id = started_job(lab)
        jsonl = lab.job_of(public_id).jsonl_file_id
    page = jo.get(f"/jobs/{job_id}")
    assert "Training data is complete: 3 pairs of 2 documents." in words(page)
    assert f'href="/files/{jsonl}/download"' in page.text
    assert f'href="/alignments/{public_id}/pairs"' in page.text
    assert "every 1s" not in page.text
    assert "To use others, clone this data job and change the copy." in words(page)
    assert "Add files" not in words(page)


def test_a_completed_job_keeps_what_it_was_made_with(jo: FlaskClient, bench) -> None:
    with bench() as lab:
        job_id, _ = started_job(lab)
    form = jo.get(f"/jobs/{job_id}/edit")
    assert "To change them, clone the data job." in words(form)
    assert 'name="system_prompt"' not in form.text
    assert jo.submit(f"/jobs/{job_id}/edit", name="Renamed").location == f"/jobs/{job_id}"
    assert "Renamed Completed" in words(jo.get(f"/jobs/{job_id}"))


def test_a_failure_says_why_and_what_to_do(jo: FlaskClient, bench) -> None:
    with bench() as lab:
        why = {"error_message": "The language model can’t be reached.", "suggested_fix": "Ask an administrator."}
        job_id, _ = started_job(lab, status="failed", **why)
    shown = words(jo.get(f"/jobs/{job_id}"))
    assert "The language model can’t be reached. Ask an administrator." in shown
    assert "Start again" in shown
    assert "No training data could be made" in words(jo.get("/"))
    with bench() as lab:
        lab.add(job_id, lab.file("c.md", MARKDOWN))
    assert "Handbooks Ready to start" in words(jo.get(f"/jobs/{job_id}")), "what was changed makes it anew"


@pytest.mark.parametrize("status", ["pending", "queued", "running", "completed", "failed", "cancelled"])
def test_the_list_and_its_filter_know_each_status(jo: FlaskClient, bench, status: str) -> None:
    with bench() as lab:
        started_job(lab, status=status)
        ready_job(lab)
    page = jo.get(f"/jobs/?status={status}")
    assert words(page).count("Handbooks") == 1
    assert f'<option value="{status}" selected>{status.capitalize()}</option>' in page.text
    assert jo.get("/").status_code == 200


def test_a_system_prompt_is_suggested_beside_what_is_typed(jo: FlaskClient, bench) -> None:
    with bench() as lab:
        job_id = ready_job(lab, job_type="principle_files", instructions="Answer questions about leave.")
    here = f"/jobs/{job_id}"
    answer = jo.submit(here, f"{here}/system-prompt", system_prompt="Half typed")
    assert answer.location == here
    typed = {"system_prompt": "Typed further"}
    page = post(jo, f"{here}/system-prompt/suggest", **typed)
    assert page.status_code == 200
    assert "Typed further</textarea>" in page.text
    suggestion = unescape(re.search(r'name="suggested" value="([^"]+)"', page.text)[1])
    assert len(suggestion) > 20
    discarded = post(jo, f"{here}/system-prompt/suggest", **typed, suggested=suggestion, discard="1")
    assert "Typed further</textarea>" in discarded.text
    assert "Use this" not in discarded.text
    with bench() as lab:
        assert lab.find(job_id).system_prompt == "Half typed", "nothing is kept before it is accepted"
    assert post(jo, f"{here}/system-prompt", **typed, suggested=suggestion, use="1").location == here
    with bench() as lab:
        assert lab.find(job_id).system_prompt == suggestion
    part = post(jo, f"{here}/system-prompt/suggest", headers=HTMX, **typed)
    assert part.text.lstrip().startswith('<div class="suggestion"')


def test_a_system_prompt_that_comes_after_the_start_is_refused_and_not_lost(jo: FlaskClient, bench) -> None:
    with bench() as lab:
        job_id, _ = started_job(lab)
    page = post(jo, f"/jobs/{job_id}/system-prompt", system_prompt="Typed while it was <started>")
    assert page.status_code == 409
    assert "The training data of this data job is complete, so what it was made of" in words(page)
    assert "What you typed, which was not saved" in words(page)
    assert "Typed while it was &lt;started&gt;</textarea>" in page.text
    assert "not saved" not in jo.get(f"/jobs/{job_id}").text


def test_without_anything_to_go_by_nothing_is_suggested(jo: FlaskClient, bench) -> None:
    with bench() as lab:
        job_id = lab.job()
    page = post(jo, f"/jobs/{job_id}/system-prompt/suggest", system_prompt="Typed")
    assert "There is nothing yet that a system prompt could follow from." in words(page)
    assert "Typed</textarea>" in page.text
    with bench() as lab:
        operations.update_job(job_id, actor=lab.user, instructions="Answer questions about leave.")
    assert "Use this" in post(jo, f"/jobs/{job_id}/system-prompt/suggest", system_prompt="").text
