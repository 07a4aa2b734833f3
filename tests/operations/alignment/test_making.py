"""From Markdown to files of training data: in order, once, the same whoever works on it."""

from __future__ import annotations

import hashlib
import io
import json

import polars
import pytest

from portal.alignment.engine.claims import claim_sources
from portal.alignment.engine.generating import generate
from portal.alignment.models import PairState
from tests.support.alignment_lab import AlignmentLab, EveryLine

DATABASES = ("sqlite",)  # what differs between databases, taking over and cancelling show


def test_documents_become_files_of_the_library(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job("# Kiln\n\nA kiln is hot.\n", "Clay is wet.\nGlaze is thin.\n")
    alignment_lab.work()
    assert alignment_lab.status(job) == "completed"
    assert alignment_lab.answers(job) == ["# Kiln", "A kiln is hot.", "Clay is wet.", "Glaze is thin."]
    file, twin = alignment_lab.file(job), alignment_lab.twin(job)
    assert [(one.purpose, one.kind, one.user_id) for one in (file, twin)] == [
        ("fine-tune", "jsonl", alignment_lab.user_id),
        ("fine-tune", "parquet", alignment_lab.user_id),
    ]
    for one in (file, twin):
        content = alignment_lab.contents(one)
        assert (one.size, one.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert polars.read_parquet(io.BytesIO(alignment_lab.contents(twin))).to_dicts() == alignment_lab.lines(job)
    assert not alignment_lab.in_hand()


def test_a_line_says_who_speaks_and_from_where_it_was_taken(alignment_lab: AlignmentLab) -> None:
    text = "Ein Ofen ist heiß – 1 200 °C.\nClay is wet.\n"
    file_id = alignment_lab.markdown("öfen.md", text)
    job = alignment_lab.start([file_id], system_prompt="Be exact.")
    alignment_lab.work()
    first, second = alignment_lab.lines(job)
    assert first["messages"] == [
        {"role": "system", "content": "Be exact."},
        {"role": "user", "content": "What is Ein?"},
        {"role": "assistant", "content": "Ein Ofen ist heiß – 1 200 °C."},
    ]
    about = second["metadata"]
    assert (about["file"], about["file_id"], about["headings"], about["kind"]) == (
        "öfen.md",
        file_id,
        ["Ask short questions."],
        "section",
    )
    assert text[about["start"] : about["end"]] == "Clay is wet."
    assert set(about) == {"file", "file_id", "headings", "start", "end", "kind"}


def test_with_context_each_question_carries_its_passage(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job("Clay is wet.\n", alignment_type="context_data")
    alignment_lab.work()
    [line] = alignment_lab.lines(job)
    assert line["messages"][0]["content"].startswith("Answer the question from the given context alone.")
    assert line["messages"][1]["content"] == "Context:\nClay is wet.\n\nQuestion: What is Clay?"
    assert (line["metadata"]["passage_start"], line["metadata"]["passage_end"]) == (0, 12)
    twin = io.BytesIO(alignment_lab.contents(alignment_lab.twin(job)))
    assert polars.read_parquet(twin).to_dicts() == [line]


def test_steps_show_what_is_done(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job("Clay is wet.\nCLAY  is wet.\n", "Ash is grey.\n")
    assert alignment_lab.steps(job) == {
        "generating": (0, 40, False),
        "deduplicating": (0, None, False),
        "writing": (0, None, False),
    }
    alignment_lab.work()
    assert alignment_lab.steps(job) == {
        "generating": (40, 40, True),
        "deduplicating": (3, 3, True),
        "writing": (2, 2, True),
    }
    found = alignment_lab.find(job)
    assert found.started_at and found.stopped_at
    assert all(step.started_at and step.finished_at for step in found.steps)
    assert alignment_lab.events(job) == ["Alignment Started", "Alignment Completed"]
    assert alignment_lab.messages(job)[-1] == "2 questions with their answers are in the library."


def test_only_the_first_of_pairs_that_are_the_same_is_written(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job("Clay is wet.\nAsh is grey.\n", "clay  IS wet.\nIron is hard.\n", "Clay is wet.\n")
    alignment_lab.work()
    assert alignment_lab.answers(job) == ["Clay is wet.", "Ash is grey.", "Iron is hard."]
    assert [pair.state for pair in alignment_lab.pairs(job)] == [
        PairState.KEPT,
        PairState.KEPT,
        PairState.DUPLICATE,
        PairState.KEPT,
        PairState.DUPLICATE,
    ]
    summary = alignment_lab.summary(job)
    assert (summary.sources, summary.sources_done, summary.kept, summary.duplicate) == (3, 3, 3, 2)


@pytest.mark.parametrize("documents", [1, 3, 32])
def test_the_bytes_are_the_same_however_the_work_is_shared(alignment_lab: AlignmentLab, documents: int) -> None:
    contents = [f"Thing{number % 7} is {number}.\nClay is wet.\nMore{number} is less.\n" for number in range(10)]
    files = [alignment_lab.markdown(f"{number}.md", content) for number, content in enumerate(contents)]
    alone, shared = alignment_lab.start(files), alignment_lab.start(files)
    for number in range(8):
        take_a_batch(alignment_lab, f"worker {number}", documents)
    alignment_lab.work()
    assert alignment_lab.contents(alignment_lab.file(alone)) == alignment_lab.contents(alignment_lab.file(shared))
    assert alignment_lab.summary(shared).duplicate == 9


def take_a_batch(lab: AlignmentLab, worker: str, documents: int) -> None:
    """Make the pairs of what is next, as one worker among many; nothing after that."""
    context = lab.context(worker=worker)
    batch = claim_sources(context.session, context.by, documents)
    if batch is not None:
        generate(context, batch)


def test_a_long_document_is_kept_bit_by_bit(alignment_lab: AlignmentLab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.alignment.engine.keeping.PAIRS", 3)
    job = alignment_lab.job("".join(f"Word{number} is a word.\n" for number in range(10)), "Clay is wet.\n")
    seen: list[tuple[int, int]] = []

    def look(_name: str) -> None:
        with alignment_lab.elsewhere():
            done, _, _ = alignment_lab.steps(job)["generating"]
            seen.append((done, len(alignment_lab.pairs(job))))

    alignment_lab.work(EveryLine(look))
    assert [pairs for _, pairs in seen] == [0, 0, 0, 3, 3, 3, 6, 6, 6, 9, 9]
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert 60 < seen[-1][0] < len("Word0 is a word.\n") * 10
    assert [pair.position % 10_000_000 for pair in alignment_lab.pairs(job)] == [*range(1, 11), 1]


def test_other_jobs_wait_for_the_first_one(alignment_lab: AlignmentLab) -> None:
    first, second = alignment_lab.job("Clay is wet.\n", "Ash is grey.\n"), alignment_lab.job("Iron is hard.\n")
    order: list[str] = []
    alignment_lab.work(EveryLine(order.append), documents=1)
    assert order == ["1.md", "2.md", "1.md"]
    assert [alignment_lab.status(job) for job in (first, second)] == ["completed", "completed"]


def test_json_lines_hold_one_conversation_each(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job('Clay\u2028is \\ "wet" \u0085 and\x0b🏺.\n')
    alignment_lab.work()
    content = alignment_lab.contents(alignment_lab.file(job))
    assert content.endswith(b"\n")
    assert len([json.loads(line) for line in content.split(b"\n")[:-1]]) == len(alignment_lab.pairs(job))
