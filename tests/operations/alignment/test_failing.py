"""What goes wrong is said with its reason and its fix; what passes by itself is waited for."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import IO, Any

import pytest

from portal.alignment.engine.settling import PAUSES
from portal.alignment.generating.pairs import Document, GenerationFailed, Generator, Guidance, Passage
from portal.errors import WrongState
from portal.extensions import db
from portal.files.models import StoredFile
from portal.files.operations import delete_file
from portal.files.storage import Storage
from tests.support.alignment_lab import AlignmentLab, EveryLine

DATABASES = ("sqlite",)  # what differs between databases, taking over and cancelling show


def failure_of(lab: AlignmentLab, job: str) -> tuple[str | None, str | None]:
    found = lab.find(job)
    assert found.status == "failed"
    assert found.stopped_at
    assert lab.events(job) == ["Alignment Started", "Alignment Failed"]
    assert lab.messages(job)[-1] == found.error_message
    assert lab.pairs(job) == []
    return found.error_message, found.suggested_fix


START_AGAIN = "Start again without it, or with a file in its place."


def test_a_document_that_was_deleted(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job("Clay is wet.\n", "Ash is grey.\n")
    alignment_lab.write("DELETE FROM files WHERE name = '2.md'")
    alignment_lab.work()
    assert failure_of(alignment_lab, job) == ("2.md is gone: its Markdown was deleted.", START_AGAIN)


def test_contents_that_are_gone(alignment_lab: AlignmentLab) -> None:
    file_id = alignment_lab.markdown("clay.md", "Clay is wet.\n")
    job = alignment_lab.start([file_id])
    alignment_lab.path_of(file_id).unlink()
    alignment_lab.work()
    assert failure_of(alignment_lab, job) == ("The contents of clay.md are gone from the store.", START_AGAIN)


def test_a_document_that_is_no_text(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.start([alignment_lab.markdown("clay.md", b"\xff\xfe\x00")])
    alignment_lab.work()
    message, fix = failure_of(alignment_lab, job)
    assert message == "clay.md can't be read: The text is in no encoding that could be recognised."
    assert fix == "Save it as UTF-8, then upload it again."


def test_documents_of_which_nothing_can_be_asked(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job("\n \n", "\n")
    alignment_lab.work()
    message, fix = failure_of(alignment_lab, job)
    assert message == "No question with an answer could be made of these documents."
    assert fix


class Refusing(Generator):
    """Raises what `reasons` give, then is as good as any."""

    def __init__(self, *reasons: Exception) -> None:
        self.reasons = list(reasons)

    def passages(
        self, document: Document, guidance: Guidance, *, is_cancelled: Callable[[], bool]
    ) -> Iterator[Passage]:
        yield from list(EveryLine().passages(document, guidance, is_cancelled=is_cancelled))[:1]
        if self.reasons:
            raise self.reasons.pop(0)
        yield from list(EveryLine().passages(document, guidance, is_cancelled=is_cancelled))[1:]


def test_what_a_generator_cannot_do_ends_the_job_in_its_words(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job("Clay is wet.\n")
    alignment_lab.work(Refusing(GenerationFailed("The key isn't accepted.", fix="Set LLM_API_KEY.")))
    assert failure_of(alignment_lab, job) == ("The key isn't accepted.", "Set LLM_API_KEY.")


def test_a_fault_of_a_generator_ends_its_job_and_no_other(alignment_lab: AlignmentLab) -> None:
    job, other = alignment_lab.job("Clay is wet.\n"), alignment_lab.job("Ash is grey.\n")
    alignment_lab.work(Refusing(ZeroDivisionError()), documents=1)
    message, fix = failure_of(alignment_lab, job)
    assert message == "A fault in the portal keeps it from making pairs of 1.md."
    assert fix and "tell your administrator" in fix
    assert alignment_lab.status(other) == "completed"


def test_what_passes_is_waited_for_and_nothing_is_doubled(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job("Clay is wet.\nAsh is grey.\n", "Iron is hard.\n")
    away = [GenerationFailed("The model is busy.", fix="Wait.", passes=True) for _ in PAUSES]
    generator = Refusing(*away)
    for pauses in range(1, len(PAUSES) + 1):
        alignment_lab.work(generator)
        first, second = alignment_lab.sources(job)
        assert (first.status, first.pauses, second.status, second.pauses) == ("queued", pauses, "queued", 0)
        alignment_lab.work(generator)  # not before its pause is over
        assert alignment_lab.sources(job)[0].attempts == pauses
        alignment_lab.end_pauses()
    alignment_lab.work(generator)
    assert alignment_lab.answers(job) == ["Clay is wet.", "Ash is grey.", "Iron is hard."]


def test_what_does_not_pass_is_told_after_a_while(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job("Clay is wet.\n")
    busy = Refusing(*[GenerationFailed("The model is busy.", fix="Wait.", passes=True) for _ in range(9)])
    for _ in range(len(PAUSES) + 1):
        assert alignment_lab.status(job) != "failed"
        alignment_lab.work(busy)
        alignment_lab.end_pauses()
    assert failure_of(alignment_lab, job) == ("The model is busy.", "Wait.")


def test_a_store_that_is_away_is_waited_for(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job("Clay is wet.\n")
    files = alignment_lab.folder / "files"
    files.rename(alignment_lab.folder / "away")
    alignment_lab.work()
    assert alignment_lab.status(job) == "running"
    (alignment_lab.folder / "away").rename(files)
    alignment_lab.end_pauses()
    alignment_lab.work()
    assert alignment_lab.answers(job) == ["Clay is wet."]


class Full(Storage):
    """There is no room in it as long as `is_full`."""

    is_full = True

    def open(self, key: str, mode: str = "rb") -> IO[bytes]:
        if "w" in mode and self.is_full:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().open(key, mode)


def test_a_disk_that_is_full_is_waited_for_then_told(alignment_lab: AlignmentLab) -> None:
    store = Full(f"file://{alignment_lab.folder / 'files'}")
    job = alignment_lab.job("Clay is wet.\n")
    for pauses in range(1, len(PAUSES) + 1):
        alignment_lab.work(storage=store)
        found = alignment_lab.find(job)
        assert (found.status, found.pauses, found.worker) == ("running", pauses, None)
        alignment_lab.end_pauses()
    alignment_lab.work(storage=store)
    message, fix = failure_of(alignment_lab, job)
    assert (message, fix) == (
        "The portal's disk is full.",
        "Ask your administrator to free some space, then start again.",
    )
    assert alignment_lab.stored() == set()


def test_files_that_are_to_be_written_again_wait_as_long_as_it_takes(alignment_lab: AlignmentLab) -> None:
    store = Full(f"file://{alignment_lab.folder / 'files'}")
    job = alignment_lab.job("Clay is wet.\nAsh is grey.\n")
    alignment_lab.work()
    alignment_lab.write("UPDATE alignment_jobs SET pairs_version = 1")
    for _ in range(len(PAUSES) + 2):
        alignment_lab.work(storage=store)
        alignment_lab.end_pauses()
    assert alignment_lab.find(job).is_out_of_date
    assert len(alignment_lab.answers(job)) == 2
    store.is_full = False
    alignment_lab.work(storage=store)
    assert not alignment_lab.find(job).is_out_of_date
    assert alignment_lab.find(job).pauses == 0


def test_characters_that_no_database_keeps_count_as_refused(alignment_lab: AlignmentLab) -> None:
    job = alignment_lab.job("Clay is wet.\nAsh is grey.\n")
    alignment_lab.work(Unfit())
    assert alignment_lab.answers(job) == ["Ash is grey."]
    assert alignment_lab.summary(job).refused == 1


class Unfit(Generator):
    """As a language model might, it writes half of a surrogate pair into its first question."""

    def passages(self, document: Document, guidance: Guidance, *, is_cancelled: Callable[[], bool]) -> Iterator[Any]:
        first, second = EveryLine().passages(document, guidance, is_cancelled=is_cancelled)
        yield replace(first, pairs=(replace(first.pairs[0], question="What is \ud83c?"),))
        yield second


def test_who_deletes_a_document_that_is_in_use_is_told_where(alignment_lab: AlignmentLab) -> None:
    file_id = alignment_lab.markdown("clay.md", "Clay is wet.\n")
    job = alignment_lab.start([file_id])
    with pytest.raises(WrongState, match=f"used by Alignment “{job}”"):
        delete_file(file_id, actor=alignment_lab.user)
    alignment_lab.work()
    delete_file(file_id, actor=alignment_lab.user)
    assert db.session.get(StoredFile, file_id) is None
    assert alignment_lab.answers(job) == ["Clay is wet."]
