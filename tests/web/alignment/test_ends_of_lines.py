"""Texts of several lines: browsers send CR LF, which must not get into training data, nor look like a change."""

from __future__ import annotations

from flask.testing import FlaskClient

from portal.alignment.queries import alignments_page
from portal.datajobs import queries
from tests.web.alignment.conftest import Bench
from tests.web.datajobs.conftest import post

SENT, KEPT = "You know pumps.\r\nYou are brief.", "You know pumps.\nYou are brief."


def test_of_data_jobs(jo: FlaskClient, bench: Bench) -> None:
    texts = {"description": SENT, "system_prompt": SENT, "instructions": SENT}
    made = post(jo, "/jobs/new", name="Pumps", job_type="principle_files", **texts)
    job_id = made.location.rpartition("/")[2]
    kept = dict.fromkeys(texts, KEPT)
    assert texts_of(bench, job_id) == kept
    for path, values in (
        ("edit", {"name": "Pumps", **texts}),
        ("system-prompt", {"system_prompt": SENT}),
        ("system-prompt", {"suggested": SENT, "use": "1"}),
    ):
        assert post(jo, f"/jobs/{job_id}/{path}", **values).status_code == 302
        assert texts_of(bench, job_id) == kept
    assert "System Prompt Updated" not in jo.get(f"/jobs/{job_id}/timeline").text


def test_of_training_data_of_files(jo: FlaskClient, bench: Bench) -> None:
    with bench() as lab:
        file_id = lab.file("a.md", "# A\n\nA pump is a machine.\n")
    post(jo, "/alignments/new", files=file_id, type="principle", instructions=SENT, system_prompt=SENT)
    with bench() as lab:
        [job] = alignments_page(lab.user, 1).items
        assert (job.instructions, job.system_prompt) == (KEPT, KEPT)


def texts_of(bench: Bench, job_id: str) -> dict[str, str | None]:
    with bench():
        job = queries.find_job(job_id)
        assert job
        return {name: getattr(job, name) for name in ("description", "system_prompt", "instructions")}
