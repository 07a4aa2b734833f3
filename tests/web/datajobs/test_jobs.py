"""The list of data jobs, and making, changing, cloning and deleting one."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.datajobs import operations
from tests.support.asking import selects
from tests.web.datajobs.conftest import Bench, post, upload, words


def names(browser: FlaskClient, query: str = "") -> list[str]:
    """The jobs that the list shows, in its order."""
    return re.findall(r'<a href="/jobs/dj-[^"]+"><bdi>([^<]+)', browser.get(f"/jobs/{query}").text)


def make(bench: Bench, *jobs: tuple[str, str]) -> list[str]:
    with bench() as lab:
        return [operations.create_job(name, kind, actor=lab.user).id for name, kind in jobs]


def test_an_empty_list_says_what_a_data_job_is(jo: FlaskClient, sign_in) -> None:
    page = jo.get("/jobs/")
    assert "No data jobs yet" in page.text
    assert 'href="/jobs/new"' in page.text
    auditor = sign_in("auditor").get("/jobs/")
    assert 'href="/jobs/new"' not in auditor.text


def test_jobs_are_listed_filtered_searched_and_sorted(jo: FlaskClient, bench: Bench) -> None:
    make(bench, ("Beta", "context_grounded_files"), ("Alpha", "principle_files"), ("Gamma", "context_grounded_files"))
    with bench() as lab:
        ready, busy = (lab.job(lab.file(name)) for name in ("a.md", "b.txt"))
        operations.update_job(ready, actor=lab.user, name="Ready one", description="About pumps")
        operations.update_job(busy, actor=lab.user, name="Busy one")
    assert names(jo) == ["Busy one", "Ready one", "Gamma", "Alpha", "Beta"]
    assert names(jo, "?sort=name") == ["Alpha", "Beta", "Busy one", "Gamma", "Ready one"]
    assert names(jo, "?sort=-name")[0] == "Ready one"
    assert names(jo, "?sort=created_at")[0] == "Beta"
    assert names(jo, "?sort=colour") == names(jo)
    assert names(jo, "?status=ready_to_start") == ["Ready one"]
    assert names(jo, "?status=file_processing") == ["Busy one"]
    assert names(jo, "?status=needs_review&sort=name") == ["Alpha", "Beta", "Gamma"]
    assert names(jo, "?job_type=principle_files") == ["Alpha"]
    assert names(jo, "?search=PUMPS") == ["Ready one"]
    assert "No data job matches" in jo.get("/jobs/?search=nothing").text
    shown = words(jo.get("/jobs/"))
    assert "Busy one Answers from files Processing files 0 of 1 ready , 1 in work" in shown
    assert "Ready one About pumps Answers from files Ready to start 1 of 1 ready" in shown


def test_headers_sort_and_keep_the_filters(jo: FlaskClient, bench: Bench) -> None:
    make(bench, ("Beta", "context_grounded_files"))
    page = jo.get("/jobs/?status=needs_review&sort=name").text
    assert '<th scope="col" aria-sort="ascending">' in page
    assert 'href="/jobs/?sort=-name&amp;status=needs_review"' in page
    assert 'href="/jobs/?sort=updated_at&amp;status=needs_review"' in page


def test_filters_keep_the_order(jo: FlaskClient) -> None:
    assert '<input type="hidden" name="sort" value="-name">' in jo.get("/jobs/?sort=-name").text
    assert 'type="hidden" name="sort"' not in jo.get("/jobs/?sort=colour").text


def test_the_list_asks_again_while_something_is_processed(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        lab.job(lab.file("a.txt"))
    assert 'hx-trigger="every 1s" hx-select="#jobs"' in jo.get("/jobs/").text
    with bench() as lab:
        lab.convert()
    assert "every 1s" not in jo.get("/jobs/").text


def test_lists_take_the_same_statements_however_long_they_are(app: Flask, jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        lab.job(lab.file("0.txt"))
    jo.get("/jobs/")
    few = [len(selects(app, jo, path)) for path in ("/jobs/", "/")]
    with bench() as lab:
        for number in range(12):
            lab.job(lab.file(f"{number}.txt"), lab.file(f"{number}.bin", b""))
    assert [len(selects(app, jo, path)) for path in ("/jobs/", "/")] == few
    asks_who_it_is_and_for_workers = 2
    assert few[0] == 3 + asks_who_it_is_and_for_workers


def test_a_job_is_made_with_its_first_files(jo: FlaskClient, bench: Bench) -> None:
    answer = post(
        jo,
        "/jobs/new",
        name=" Support ",
        job_type="principle_files",
        description="For the fourth quarter",
        system_prompt="You are kind.",
        instructions="",
        method="speed-optimized",
        files=[upload("a.txt"), upload("b.md", b"# B\n")],
    )
    assert answer.status_code == 302
    assert "2 files added." in words(jo.get(answer.location))
    with bench() as lab:
        job_id = answer.location.rpartition("/")[2]
        job = lab.find(job_id)
        assert (job.name, job.job_type, job.system_prompt, job.instructions) == (
            "Support",
            "principle_files",
            "You are kind.",
            None,
        )
        assert lab.states(job_id) == {"a.txt": "queued", "b.md": "ready"}


def test_a_job_needs_a_name_and_a_type_alone(jo: FlaskClient) -> None:
    wrong = post(jo, "/jobs/new", name=" ", description="Kept as typed", method="accuracy-optimized")
    assert wrong.status_code == 422
    assert "Give the data job a name." in wrong.text
    assert "Choose a type." in wrong.text
    assert "Kept as typed" in wrong.text
    assert jo.get("/jobs/").text.count("No data jobs yet") == 1
    long = post(jo, "/jobs/new", name="x" * 256, job_type="principle_files", method="accuracy-optimized")
    assert (long.status_code, "At most 255 characters, please." in long.text) == (422, True)
    assert "Choose the files again" not in long.text
    again = post(jo, "/jobs/new", name=" ", job_type="principle_files", files=[upload("a.txt")])
    assert "Choose the files again: none was kept, since the data job wasn’t made." in words(again)
    made = post(jo, "/jobs/new", name="Bare", job_type="principle_files", method="accuracy-optimized")
    assert made.status_code == 302


def test_a_job_is_changed(jo: FlaskClient, bench: Bench) -> None:
    [job_id] = make(bench, ("Old", "principle_files"))
    assert jo.submit(f"/jobs/{job_id}/edit", name="New", instructions="Be brief.").location == f"/jobs/{job_id}"
    shown = words(jo.get(f"/jobs/{job_id}"))
    assert "New Needs review" in shown
    assert "Be brief." in shown
    refused = jo.submit(f"/jobs/{job_id}/edit", name="")
    assert (refused.status_code, "Give the data job a name." in refused.text) == (422, True)


def test_of_two_who_change_a_job_nobody_loses_what_the_other_wrote(jo: FlaskClient, bench: Bench) -> None:
    [job_id] = make(bench, ("Old", "principle_files"))
    address = f"/jobs/{job_id}/edit"

    def opened() -> dict[str, str]:
        return dict(re.findall(r'name="(seen-[a-z_]+)" value="([^"]+)"', jo.get(address).text))

    seen = opened()
    assert len(seen) == 4
    assert post(jo, address, name="Old", description="Theirs", **seen).status_code == 302
    assert post(jo, address, name="Mine", description="", **seen).status_code == 302
    settings = words(jo.get(f"/jobs/{job_id}"))
    assert "Mine" in settings
    assert "Theirs" in settings, "it was left as it was"

    refused = post(jo, address, name="Mine", description="Ours", **seen)
    assert refused.status_code == 422
    assert "Someone has changed this to “Theirs” meanwhile." in words(refused)
    assert "Ours</textarea>" in refused.text
    again = dict(re.findall(r'name="(seen-[a-z_]+)" value="([^"]+)"', refused.text))
    assert post(jo, address, name="Mine", description="Ours", **again).status_code == 302
    assert "Ours" in words(jo.get(f"/jobs/{job_id}"))


def test_the_same_change_sent_twice_is_no_conflict(jo: FlaskClient, bench: Bench) -> None:
    [job_id] = make(bench, ("Old", "principle_files"))
    address = f"/jobs/{job_id}/edit"
    seen = dict(re.findall(r'name="(seen-[a-z_]+)" value="([^"]+)"', jo.get(address).text))
    for _ in range(2):
        assert post(jo, address, name="New", **seen).status_code == 302


def test_a_job_is_cloned_under_another_name(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id = lab.job(lab.file("a.md"), lab.file("b.txt", ""), description="Twice")
    assert 'value="Handbooks (copy)"' in jo.get(f"/jobs/{job_id}/clone").text
    refused = jo.submit(f"/jobs/{job_id}/clone", name=" ")
    assert (refused.status_code, "Give the" in refused.text) == (422, True)
    copy = jo.submit(f"/jobs/{job_id}/clone", name="Second").location
    shown = words(jo.get(copy))
    assert "Second Needs review" in shown
    assert "Copied from Another data job" in shown
    assert "The file appears to be empty." in shown


def test_a_job_is_deleted_after_a_question_that_names_what_it_hits(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        job_id = lab.job(lab.file("a.md"), lab.file("b.txt"))
    question = words(jo.get(f"/jobs/{job_id}"))
    assert "Delete “Handbooks”? Its 2 files stay in the library" in question
    assert "1 conversion is stopped." in question
    answer = jo.submit(f"/jobs/{job_id}", f"/jobs/{job_id}/delete")
    assert answer.location == "/jobs/"
    assert "The data job Handbooks was deleted." in words(jo.get("/jobs/"))
    assert jo.get(f"/jobs/{job_id}").status_code == 404
    assert "a.md" in jo.get("/files/").text


@pytest.mark.parametrize("path", ["/jobs/no-such-job", "/jobs/%00", "/jobs/a%20b/edit", "/jobs/x/files/%2e%2e"])
def test_addresses_that_lead_nowhere(jo: FlaskClient, path: str) -> None:
    assert jo.get(path).status_code == 404


def test_the_dashboard_shows_what_is_at_work_and_what_needs_someone(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        busy, failed = lab.job(lab.file("a.txt")), lab.job(lab.file("b.txt", ""), lab.file("c.txt", ""))
        operations.update_job(busy, actor=lab.user, name="Busy one")
        operations.update_job(failed, actor=lab.user, name="Failed one")
    make(bench, ("Empty one", "context_grounded_files"))
    page = jo.get("/live")
    shown = words(page)
    running, _, needs = shown.partition("Needs a person")
    assert "Busy one Processing files Data job 0 of 1 files ready" in running
    assert "Failed one 2 files need you" in needs
    assert "Empty one No files yet" in needs
    assert f'href="/jobs/{failed}?state=open"' in page.text
    assert 'hx-trigger="every 2s"' in page.text
    asked = jo.get("/api/v1/overview").json["data"]
    assert [job["name"] for job in asked["data_jobs_active"]] == ["Busy one"]
    assert [job["name"] for job in asked["data_jobs_in_need"]] == ["Empty one", "Failed one"]
