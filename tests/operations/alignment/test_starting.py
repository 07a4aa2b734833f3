"""What can be made into training data, and what people are told of the rest."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from portal.alignment import operations, queries
from portal.alignment.operations import starting
from portal.errors import BadInput
from portal.extensions import db
from tests.support.alignment_lab import AlignmentLab

DATABASES = ("sqlite",)  # what differs between databases, taking over and cancelling show


def test_a_job_is_queued_with_its_documents_in_order(alignment_lab: AlignmentLab) -> None:
    files = [alignment_lab.markdown(f"{name}.md", "Clay is wet.\n") for name in ("b", "a", "c")]
    job = alignment_lab.start([*files, files[0]], instructions="Short.", system_prompt="Be exact.")
    found = alignment_lab.find(job)
    assert (found.status, found.instructions, found.system_prompt, found.model) == (
        "queued",
        "Short.",
        "Be exact.",
        None,
    )
    assert [(source.number, source.name, source.size) for source in alignment_lab.sources(job)] == [
        (1, "b.md", 13),
        (2, "a.md", 13),
        (3, "c.md", 13),
    ]
    assert alignment_lab.tasks_waiting() == 3
    assert alignment_lab.messages(job) == ["The making of training data from 3 documents was started."]


def test_files_that_cannot_be_used_are_named(alignment_lab: AlignmentLab) -> None:
    stranger = alignment_lab.someone("operator", "else@example.com")
    theirs = alignment_lab.markdown("theirs.md", "Theirs.\n", by=stranger)
    pdf = alignment_lab.markdown("kiln.pdf", "%PDF", kind="pdf")
    empty = alignment_lab.markdown("empty.md", "")
    with pytest.raises(BadInput) as refused:
        alignment_lab.start([theirs, pdf, empty, "file-none"])
    assert refused.value.errors == {
        "files": [
            f"There is no file {theirs}.",
            "kiln.pdf isn't Markdown. Have it converted first.",
            "empty.md is empty.",
            "There is no file file-none.",
        ]
    }


def test_what_is_wrong_is_told_by_its_field(alignment_lab: AlignmentLab, monkeypatch: pytest.MonkeyPatch) -> None:
    file_id = alignment_lab.markdown("a.md", "Clay is wet.\n")
    wrong = {"alignment_type": "none", "instructions": " ", "system_prompt": "x" * 100_001}
    with pytest.raises(BadInput) as refused:
        alignment_lab.start([file_id], **wrong)
    assert set(refused.value.errors) == {"type", "instructions", "system_prompt"}
    with pytest.raises(BadInput, match="Choose at least one file"):
        alignment_lab.start([])
    monkeypatch.setattr(starting, "MOST_FILES", 1)
    with pytest.raises(BadInput, match="At most 1 files"):
        alignment_lab.start([file_id, "file-2"])


def test_a_system_prompt_is_written_where_none_is_given(alignment_lab: AlignmentLab) -> None:
    file_id = alignment_lab.markdown("a.md", "# The Kiln Handbook\n\nClay is wet.\n")
    gone = alignment_lab.markdown("b.md", "Ash is grey.\n")
    alignment_lab.path_of(gone).unlink()
    job = alignment_lab.start([file_id, gone], system_prompt=None, instructions="Be brief about pottery.")
    prompt = alignment_lab.find(job).system_prompt
    assert "Be brief about pottery." in prompt
    assert "The Kiln Handbook" in prompt
    with_context = alignment_lab.start([file_id], system_prompt=None, alignment_type="context_data")
    assert alignment_lab.find(with_context).system_prompt == ""


def test_lists_are_seen_by_whom_they_concern_in_a_fixed_number_of_queries(alignment_lab: AlignmentLab) -> None:
    jobs = [alignment_lab.job("Clay is wet.\n") for _ in range(2)]
    stranger, auditor = (alignment_lab.someone(role, f"{role}@example.com") for role in ("operator", "auditor"))
    assert queries.alignments_part(stranger, limit=10, offset=0).total == 0
    assert queries.visible_alignment(stranger, jobs[0]) is None
    assert [job.public_id for job in queries.alignments_part(auditor, limit=1, offset=1).items] == [jobs[0]]
    few = statements_of_a_list(alignment_lab)
    for _ in range(4):
        alignment_lab.job("Clay is wet.\n")
    alignment_lab.work()
    assert statements_of_a_list(alignment_lab) == few == 6


def statements_of_a_list(lab: AlignmentLab) -> int:
    """How many are sent for a list with all that it shows."""
    sent: list[str] = []
    user = lab.user
    db.session.commit()
    db.session.refresh(user)

    def note(_connection: object, _cursor: object, statement: str, *_about: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        page = queries.alignments_page(user, 1)
        queries.summary_of([job.id for job in page.items])
        assert all(job.user and len(job.steps) == 3 and (job.jsonl_file or job.is_active) for job in page.items)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len([statement for statement in sent if statement.startswith("SELECT")])


def test_waking_one_that_has_ended_does_nothing(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job("Clay is wet.\n")
    alignment_lab.work()
    stored = alignment_lab.stored()
    operations.wake(alignment_lab.find(job).id)
    alignment_lab.drain()
    assert (alignment_lab.status(job), alignment_lab.stored()) == ("completed", stored)
