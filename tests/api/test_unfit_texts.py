"""Texts that no database keeps: refused by the name of their field, wherever they are sent."""

from __future__ import annotations

import json

import pytest

from tests.api.conftest import FLOW, Library, Program
from tests.support.databases import ON_BOTH

JOBS = f"{FLOW}/data-jobs"
JOB = {"name": "Pumps", "job_type": "principle_files"}


@pytest.mark.parametrize("unfit", ["a\0b", "half of a pair: \ud800"], ids=["NUL", "surrogate"])
def test_they_are_refused_by_field(operator: Program, library: Library, unfit: str) -> None:
    with library() as lab:
        file_id = lab.file("a.md", "# A\n\nA pump is a machine.\n")
    job_id = operator.post(JOBS, json=JOB).json["id"]
    texts = ("description", "system_prompt", "instructions")
    generation = {"files": [file_id], "instructions": "Be brief.", "system_prompt": "You know pumps."}
    sent = [
        *(("POST", JOBS, JOB, field) for field in ("name", *texts)),
        *(("PATCH", f"{JOBS}/{job_id}", {}, field) for field in ("name", *texts)),
        ("POST", f"{JOBS}/{job_id}/clone", {}, "name"),
        *(("POST", f"{FLOW}/alignment/generate", generation, field) for field in ("instructions", "system_prompt")),
        ("POST", f"{JOBS}/gen_system_prompt", {}, "instructions"),
        ("POST", f"{JOBS}/gen_system_prompt", {"instructions": "Be brief."}, "document_summary"),
        ("PUT", f"{FLOW}/files/{file_id}/rename", {}, "new_filename"),
    ]
    for method, path, body, field in sent:
        data = json.dumps(body | {field: unfit})
        refused = operator.ask(method, path, data=data, headers={"Content-Type": "application/json"})
        assert (refused.status_code, list(refused.json.get("errors", {}))) == (422, [field]), (path, field)
    assert operator.get(JOBS).json["total"] == 1
    assert operator.get(f"{FLOW}/alignment").json["total"] == 0


@ON_BOTH
@pytest.mark.parametrize("path", ["data-jobs", "files", "alignment/{}/pairs"])
def test_they_are_not_looked_for(operator: Program, library: Library, path: str) -> None:
    with library() as lab:
        file_id = lab.file("a.md", "# A\n\nA pump is a machine.\n")
    generation = {"files": [file_id], "instructions": "Be brief."}
    address = f"{FLOW}/{path}".format(operator.post(f"{FLOW}/alignment/generate", json=generation).json["id"])
    for unfit, why in (("a%00zzz", "characters that no database keeps"), ("x" * 256, "At most 255 characters")):
        refused = operator.get(f"{address}?search={unfit}")
        assert (refused.status_code, list(refused.json.get("errors", {}))) == (422, ["search"]), address
        assert why in refused.json["detail"]
