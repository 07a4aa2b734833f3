"""Staging that breaks off and begins again gives the same chunks; what can't be staged ends with a sentence."""

from __future__ import annotations

import pytest

from portal.extensions import huey
from portal.files.storage import Storage
from portal.lifecycle import RunStatus
from portal.runs.engine import claims, staging
from tests.support.lab import Lab, counts

NOTES = "body\n" + "".join(f"note {number}\n" for number in range(1, 19))
GOODS = "sku,name\n" + "".join(f"{'ABC'[number % 3]}{'XYZ'[number // 9]},name {number}\n" for number in range(27))


class Killed(BaseException):
    """As sudden as SIGKILL: nobody catches it."""


class BreaksAfter:
    """A store that ends its user after some chunks."""

    is_local = True

    def __init__(self, storage: Storage, chunks: int, error: type[BaseException]) -> None:
        self._storage, self._left, self._error = storage, chunks, error

    def open(self, key: str, mode: str = "rb"):
        if mode == "wb":
            self._left -= 1
            if self._left < 0:
                raise self._error
        return self._storage.open(key, mode)

    def delete(self, key: str) -> None:
        self._storage.delete(key)


def chunks(lab: Lab, run_id: int) -> list[tuple]:
    return lab.rows("SELECT number, wave, rows FROM ingest_chunks WHERE run_id = :id ORDER BY number", id=run_id)


@pytest.mark.parametrize("broken_after", [0, 1, 3])
@pytest.mark.parametrize(("slug", "content", "table"), [("notes", NOTES, "notes"), ("goods", GOODS, "goods")])
def test_staging_begun_again_gives_the_same_chunks(lab: Lab, slug, content, table, broken_after) -> None:
    whole = lab.run(slug, content)
    expected, result = chunks(lab, whole.id), lab.rows(f"SELECT * FROM {table} ORDER BY 1")
    lab.write(f"DELETE FROM {table}")

    run_id = lab.start(slug, content)
    huey.flush()
    context = lab.context("one")
    with pytest.raises(Killed):
        staging.stage_run(lab.context("one", storage=BreaksAfter(context.storage, broken_after, Killed)), run_id)
    entered = chunks(lab, run_id)
    assert entered == expected[: len(entered)]
    assert min(broken_after, 1) <= len(entered) <= broken_after, "the first is entered at once, others together"
    lab.drain()  # some chunks are processed before staging goes on

    staging.stage_run(lab.context("two"), run_id)
    assert chunks(lab, run_id) == entered, "the first worker may be alive"
    lab.expire_leases()
    staging.stage_run(lab.context("two"), run_id)
    lab.drain()
    assert chunks(lab, run_id) == expected
    run = lab.find(run_id)
    assert (run.status, counts(run)) == (RunStatus.COMPLETED, counts(whole))
    assert lab.rows(f"SELECT * FROM {table} ORDER BY 1") == result


def test_a_retry_whose_staging_begins_again_loses_no_row(lab: Lab) -> None:
    """What it has settled itself by then still belongs to its chunks."""
    lab.write("INSERT INTO goods VALUES ('A', 'apple', 1)")
    parent = lab.run("orders", "id,sku\n" + "".join(f"{number},B\n" for number in range(1, 13)))
    assert parent.failed == 12
    lab.write("INSERT INTO goods VALUES ('B', 'berry', 1)")
    retry_id = lab.begin_retry(parent.id)
    huey.flush()
    context = lab.context("one")
    with pytest.raises(Killed):
        staging.stage_run(lab.context("one", storage=BreaksAfter(context.storage, 1, Killed)), retry_id)
    lab.drain()
    assert lab.find(parent.id).settled == 4
    lab.expire_leases()
    staging.stage_run(lab.context("two"), retry_id)
    lab.drain()
    assert counts(lab.find(retry_id)) == (12, 12, 0, 0)
    assert lab.find(parent.id).open_failures == 0


def test_chunks_of_another_size_are_not_put_beside_the_old_ones(lab: Lab) -> None:
    """A portal that was changed meanwhile would lose rows or take them twice."""
    run_id = lab.start("notes", NOTES)
    huey.flush()
    context = lab.context("one")
    with pytest.raises(Killed):
        staging.stage_run(lab.context("one", storage=BreaksAfter(context.storage, 2, Killed)), run_id)
    lab.expire_leases()
    staging.stage_run(lab.context("two", chunk_rows=3), run_id)
    assert lab.find(run_id).status == RunStatus.FAILED


def test_a_stager_that_lost_its_claim_adds_nothing(lab: Lab) -> None:
    run_id = lab.start("notes", NOTES)
    huey.flush()
    context = lab.context("one")

    class TakenOver(BreaksAfter):
        def open(self, key: str, mode: str = "rb"):
            if mode == "wb" and not chunks(lab, run_id):
                with lab.elsewhere():
                    lab.expire_leases()
                    staging.stage_run(lab.context("two"), run_id)
            return context.storage.open(key, mode)

    staging.stage_run(lab.context("one", storage=TakenOver(context.storage, 99, Killed)), run_id)
    lab.drain()
    assert (lab.find(run_id).status, counts(lab.find(run_id))) == (RunStatus.COMPLETED, (18, 18, 0, 0))
    assert len(lab.rows("SELECT * FROM notes")) == 18


def test_an_error_of_a_stager_that_lost_its_claim_does_not_end_the_run(lab: Lab) -> None:
    run_id = lab.start("notes", NOTES)
    huey.flush()
    context = lab.context("one")

    class TakenOver(BreaksAfter):
        def open(self, key: str, mode: str = "rb"):
            if mode == "wb":
                with lab.elsewhere():
                    lab.expire_leases()
                    claims.claim_staging(lab.context().session, run_id, lab.context("two").by)
                raise RuntimeError("broken")
            return context.storage.open(key, mode)

    staging.stage_run(lab.context("one", storage=TakenOver(context.storage, 99, Killed)), run_id)
    assert (lab.find(run_id).status, lab.find(run_id).worker) == (RunStatus.PROCESSING, "two")


def test_a_file_that_kills_every_worker_ends_the_run(lab: Lab) -> None:
    run_id = lab.start("notes", NOTES)
    lab.write("UPDATE ingest_runs SET attempts = :tried", tried=claims.MAX_ATTEMPTS)
    staging.stage_run(lab.context(), run_id)
    assert lab.find(run_id).status == RunStatus.FAILED


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: path.unlink(), "The uploaded file is gone from the portal's storage."),
        (lambda path: path.write_bytes(b"%PDF-1.7 ..."), "This is a PDF document, not a table."),
    ],
)
def test_what_can_not_be_staged_ends_with_a_sentence(lab: Lab, spoil, message) -> None:
    run_id = lab.start("notes", NOTES)
    [path] = lab.uploads()
    spoil(path)
    lab.drain()
    run = lab.find(run_id)
    assert (run.status, run.error) == (RunStatus.FAILED, message)
    assert run.error_fix
    assert lab.events(run_id)[-1] == "Failed"


def test_an_importer_that_is_gone_ends_the_run(lab: Lab) -> None:
    run_id = lab.start("notes", NOTES)
    staging.stage_run(lab.context(find_importer=lambda _slug: None), run_id)
    assert lab.find(run_id).error == "There is no importer called notes any more."
