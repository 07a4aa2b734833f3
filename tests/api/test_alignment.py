"""Alignment jobs, as the public client asks for them, and what that takes of the database."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.alignment import operations
from portal.alignment.models import AlignmentType
from tests.api.conftest import FLOW, Library, Program
from tests.support.asking import selects
from tests.support.databases import ON_BOTH
from tests.support.lab import drain

ALIGNMENT = f"{FLOW}/alignment"
STATEMENTS = {
    ALIGNMENT: 6,
    f"{ALIGNMENT}/{{job}}": 5,
    f"{ALIGNMENT}/{{job}}/outputs": 2,
    f"{ALIGNMENT}/{{job}}/pairs": 4,
}
"""How many SELECTs each address takes, beside that which knows the token."""


@ON_BOTH
@pytest.mark.parametrize(("jobs", "files"), [(1, 1), (4, 6)])
def test_statements_are_the_same_however_much_there_is(
    app: Flask, operator: Program, library: Library, jobs: int, files: int
) -> None:
    text = "# Part {}\n\nA pump is a machine that moves water.\n"
    with library() as lab:
        ids = [lab.file(f"{number}.md", text.format(number)) for number in range(files)]
        kind = AlignmentType.CONTEXT_DATA
        made = [
            operations.generate(ids, actor=lab.user, instructions="Be brief.", alignment_type=kind).public_id
            for _ in range(jobs)
        ]
        drain()
    taken = {}
    for path in STATEMENTS:
        sent = selects(app, operator, path.format(job=made[-1]))
        taken[path] = len([statement for statement in sent if "api_tokens" not in statement])
    assert taken == STATEMENTS
    assert operator.get(ALIGNMENT).json["total"] == jobs


def test_what_was_cancelled_has_no_pairs(operator: Program, library: Library) -> None:
    with library() as lab:
        job_id = operations.generate(
            [lab.file("a.md", "# A\n\nA pump is a machine.\n")],
            actor=lab.user,
            instructions="Be brief.",
            system_prompt="You know pumps.",
        ).public_id
        lab.write("UPDATE alignment_sources SET pairs = 3, status = 'done'")
    assert operator.get(f"{ALIGNMENT}/{job_id}").json["pair_counts"]["kept"] == 3
    assert operator.post(f"{ALIGNMENT}/{job_id}/cancel").json["pair_counts"]["kept"] == 0
    assert operator.get(f"{ALIGNMENT}/{job_id}").json["file_counts"] == {"total": 1, "done": 1}


def test_an_answer_that_is_as_it_was(operator: Program, library: Library) -> None:
    with library() as lab:
        job_id = operations.generate(
            [lab.file("a.md", "# A\n\nA pump is a machine.\n")],
            actor=lab.user,
            instructions="Be brief.",
            system_prompt="You know pumps.",
        ).public_id
        drain()
    known = operator.get(f"{ALIGNMENT}/{job_id}").headers["ETag"]
    assert operator.get(f"{ALIGNMENT}/{job_id}", headers={"If-None-Match": known}).status_code == 304
