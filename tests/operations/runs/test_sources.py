"""Runs whose file is fetched from the importer's source: whatever happens meanwhile, the run tells it and ends."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from portal.errors import BadInput, NotFound
from portal.extensions import db, huey
from portal.lifecycle import RunStatus
from portal.runs import operations
from portal.runs.engine import claims, recovery, staging
from tests.support.fetched import fetched_importer, hurry
from tests.support.lab import IMPORTERS, SOMEONE, Lab, counts
from tests.support.web import Handler, Site, redirect, web_site

DATABASES = ("sqlite",)  # where a file comes from has nothing to do with the database that it goes to

NOTES = b"body\n" + b"".join(b"note %d\n" % number for number in range(1, 10))


@pytest.fixture
def site() -> Iterator[Site]:
    with web_site() as made:
        made.pages["/in/notes.csv?token=hidden"] = NOTES
        yield made


@pytest.fixture
def settings(site: Site, tmp_path: Path) -> dict[str, object]:
    importer = fetched_importer(tmp_path, source=f"http://ann:hidden@{site.host}/in/notes.csv?token=hidden")
    return {"importers": (IMPORTERS, importer), "chunk_rows": 4, "url_allow": (site.host,)}


@pytest.fixture
def app(make_app, settings) -> Flask:
    app = make_app(**settings)
    hurry(app)
    return app


def trigger(lab: Lab, **options: bool) -> int:
    return operations.trigger_import("fetched", actor=SOMEONE, **options).id


def fetched(lab: Lab, **options: bool) -> int:
    """Trigger, and execute all that follows."""
    run_id = trigger(lab, **options)
    lab.drain()
    return lab.find(run_id).id


def kept(lab: Lab) -> list[Path]:
    """What the store holds of fetched files."""
    return [path for path in (lab.folder / "files" / "fetched").rglob("*") if path.is_file()]


def gathered(lab: Lab) -> list[Path]:
    """What lies about of files that are being fetched."""
    return [path for path in (lab.folder / "incoming").rglob("*") if path.is_file()]


def answer_slowly(site: Site) -> threading.Event:
    """From now on the site begins an answer and falls silent; the event says that it has begun."""
    begun = threading.Event()

    def answer(handler: Handler) -> None:
        handler.begin(200, Content_Length="1000")
        handler.wfile.write(NOTES)
        begun.set()
        site.released.wait(60)

    site.pages["/in/notes.csv?token=hidden"] = answer
    return begun


def answer_busy(site: Site) -> threading.Event:
    """From now on the site has no time; the event says that it was asked."""
    asked = threading.Event()
    site.pages["/in/notes.csv?token=hidden"] = lambda handler: (handler.give(503), asked.set())
    return asked


def test_a_triggered_run_fetches_its_file_and_imports_it(lab: Lab, site: Site) -> None:
    run_id = trigger(lab)
    waiting = lab.find(run_id)
    assert (waiting.status, waiting.file_id, waiting.original_filename) == (RunStatus.PENDING, None, "notes.csv")
    assert not site.asked, "a worker fetches it, not whoever asks for it"
    lab.drain()
    run = lab.find(run_id)
    assert (run.status, counts(run), run.mapping) == (RunStatus.COMPLETED, (9, 9, 0, 0), {"body": "body"})
    assert lab.events(run_id) == ["Triggered", "Processing started", "Fetched", "Staged", "Completed"]
    assert lab.rows("SELECT name, size FROM files WHERE id = :id", id=run.file_id) == [("notes.csv", len(NOTES))]
    assert [path.read_bytes() for path in kept(lab)] == [NOTES]
    assert not gathered(lab)


def test_a_run_that_the_session_knows_already_is_staged_from_what_was_fetched(lab: Lab) -> None:
    known = lab.find(trigger(lab))
    huey.flush()
    staging.stage_run(lab.context(), known.id)
    lab.drain()
    assert counts(lab.find(known.id)) == (9, 9, 0, 0)


def test_no_secret_of_the_address_is_kept_or_told(lab: Lab, site: Site) -> None:
    run_id = fetched(lab)
    assert site.asked[0][1]["Authorization"].startswith("Basic ")
    assert lab.find(run_id).source == f"http://{site.host}/in/notes.csv?…"
    assert "hidden" not in " ".join(lab.messages(run_id))


def test_a_dry_run_of_the_source_writes_nothing(lab: Lab) -> None:
    run = lab.find(fetched(lab, dry_run=True))
    assert (run.status, counts(run)) == (RunStatus.COMPLETED, (9, 9, 0, 0))
    assert lab.rows("SELECT * FROM notes") == []


def test_an_importer_with_a_source_takes_uploads_too(lab: Lab, site: Site) -> None:
    assert lab.run("fetched", NOTES).status == RunStatus.COMPLETED
    assert not site.asked


def test_failed_rows_are_retried_without_fetching_again(lab: Lab, site: Site) -> None:
    site.pages["/in/notes.csv?token=hidden"] = NOTES + b"no!\n"
    run_id = fetched(lab)
    assert lab.find(run_id).status == RunStatus.COMPLETED_WITH_ERRORS
    assert counts(lab.retry(run_id)) == (1, 0, 1, 0)
    correction = lab.download(run_id).replace("no!", "yes")
    assert counts(lab.correct(run_id, correction)) == (1, 1, 0, 0)
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    ("content", "message", "fix"),
    [
        (b"text\nx\n", "The file has no column body, which this importer needs.", "Add the column"),
        (b"bodyy\nx\n", "The file has no column body, which this importer needs.", "“bodyy” looks like body"),
        (b"%PDF-1.7\n", "This is a PDF document", ""),
        (b"", "The file is empty.", ""),
    ],
)
def test_a_fetched_file_that_can_not_be_imported_says_what_an_upload_would(lab, site, content, message, fix) -> None:
    site.pages["/in/notes.csv?token=hidden"] = content
    run = lab.find(fetched(lab))
    assert run.status == RunStatus.FAILED
    assert message in run.error
    assert fix in run.error_fix
    assert not gathered(lab)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda handler: handler.give(404), "There is no file at"),
        (lambda handler: handler.give(403), "refuses to give"),
        (lambda handler: handler.give(200, b"", Content_Length="99999999999999"), "too large"),
        (redirect("http://10.0.0.1/notes.csv"), "Files may not be fetched from 10.0.0.1"),
    ],
)
def test_what_will_not_be_better_soon_ends_the_run_at_once(lab, site, answer, message) -> None:
    site.pages["/in/notes.csv?token=hidden"] = answer
    run = lab.find(fetched(lab))
    assert (run.status, len(site.asked)) == (RunStatus.FAILED, 1)
    assert message in run.error
    assert run.error_fix
    assert "hidden" not in run.error + run.error_fix
    assert not kept(lab) + gathered(lab)


def test_trouble_that_passes_is_waited_for(lab: Lab, site: Site) -> None:
    def cut(handler: Handler) -> None:
        handler.begin(200, Content_Length=str(len(NOTES)))
        handler.wfile.write(NOTES[:20])
        handler.cut()

    site.pages["/in/notes.csv?token=hidden"] = [lambda handler: handler.give(500), cut, NOTES]
    run_id = fetched(lab)
    assert counts(lab.find(run_id)) == (9, 9, 0, 0)
    assert [path.read_bytes() for path in kept(lab)] == [NOTES], "no part of the file that broke off"
    told = [message for message in lab.messages(run_id) if "tried again in" in message]
    assert len(told) == 2
    assert "can't give" in told[0]
    assert "The connection broke off" in told[1]


def test_trouble_that_does_not_pass_ends_the_run(lab: Lab, site: Site) -> None:
    site.pages["/in/notes.csv?token=hidden"] = lambda handler: handler.give(503)
    run = lab.find(fetched(lab))
    assert (run.status, len(site.asked)) == (RunStatus.FAILED, 3)
    assert "now (503)" in run.error
    assert run.error_fix == "Import it again once the source can be reached."


def test_a_full_disk_is_told_and_not_tried_again(lab: Lab, site: Site) -> None:
    class Full:
        def __getattr__(self, name):
            return getattr(lab.context().storage, name)

        def put(self, *_args: str) -> None:
            raise OSError(errno.ENOSPC, "full")

    run_id = trigger(lab)
    huey.flush()
    staging.stage_run(lab.context(storage=Full()), run_id)
    run = lab.find(run_id)
    assert (run.status, run.error, len(site.asked)) == (RunStatus.FAILED, "The disk is full.", 1)
    assert not kept(lab) + gathered(lab)


def test_a_storage_that_is_away_for_a_moment_is_waited_for(lab: Lab) -> None:
    class Away:
        def __init__(self, storage) -> None:
            self.storage, self.refusals = storage, 1
            self.begun = False

        def __getattr__(self, name):
            return getattr(self.storage, name)

        def delete(self, key: str) -> None:
            if not self.begun:
                self.begun = True
                raise ConnectionError("away")
            self.storage.delete(key)

        def put(self, local_path: str, key: str) -> None:
            self.refusals -= 1
            if self.refusals >= 0:
                raise ConnectionError("away")
            self.storage.put(local_path, key)

    run_id = trigger(lab)
    huey.flush()
    staging.stage_run(lab.context(storage=Away(lab.context().storage)), run_id)
    lab.drain()
    assert counts(lab.find(run_id)) == (9, 9, 0, 0)
    assert sum("The portal's storage can't be reached." in message for message in lab.messages(run_id)) == 2


@pytest.mark.parametrize("waiting", [answer_slowly, answer_busy])
def test_a_cancel_while_the_source_lets_wait_takes_less_than_a_second(lab: Lab, site: Site, waiting) -> None:
    begun = waiting(site)
    hurry(lab.app, pauses=(60,))
    run_id = trigger(lab)
    asked: list[float] = []

    def cancel() -> None:
        assert begun.wait(30)
        with lab.elsewhere():
            asked.append(time.monotonic())
            operations.cancel_run(run_id, actor=SOMEONE)

    canceller = threading.Thread(target=cancel)
    canceller.start()
    lab.drain()
    assert time.monotonic() - asked[0] < 1
    canceller.join()
    lab.drain()
    assert lab.find(run_id).status == RunStatus.CANCELLED
    assert not kept(lab) + gathered(lab)


def test_a_worker_that_was_taken_for_dead_keeps_nothing(lab: Lab, site: Site) -> None:
    begun = answer_slowly(site)
    run_id = trigger(lab)
    huey.flush()

    def take_over() -> None:
        assert begun.wait(30)
        with lab.elsewhere():
            lab.expire_leases()
            assert claims.claim_staging(db.session, run_id, lab.context("two").by) == 2

    other = threading.Thread(target=take_over)
    other.start()
    staging.stage_run(lab.context("one"), run_id)
    other.join()
    assert (lab.find(run_id).status, lab.find(run_id).worker) == (RunStatus.PROCESSING, "two")
    assert not kept(lab) + gathered(lab)


def test_what_a_dead_worker_left_is_removed_and_fetched_again(lab: Lab) -> None:
    run_id = trigger(lab)
    huey.flush()
    claims.claim_staging(db.session, run_id, lab.context("dead").by)
    left = lab.folder / "files" / "fetched" / str(run_id) / "left"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"body\nhalf a f")
    recovery.recover(lab.context("pulse"), gone_workers=["dead"], queue_is_empty=True)
    lab.drain()
    assert counts(lab.find(run_id)) == (9, 9, 0, 0)
    assert [path.read_bytes() for path in kept(lab)] == [NOTES]


def test_what_a_dead_worker_left_is_removed_where_the_run_is_cancelled(lab: Lab, site: Site) -> None:
    run_id = trigger(lab)
    huey.flush()
    claims.claim_staging(db.session, run_id, lab.context("dead").by)
    lab.write("UPDATE ingest_runs SET status = 'processing', started_at = created_at")
    for folder in (lab.folder / "files", lab.folder / "incoming"):
        left = folder / "fetched" / str(run_id) / "left"
        left.parent.mkdir(parents=True)
        left.write_bytes(b"body\nhalf a f")
    operations.cancel_run(run_id, actor=SOMEONE)
    recovery.recover(lab.context("pulse"), gone_workers=["dead"], queue_is_empty=True)
    assert lab.find(run_id).status == RunStatus.CANCELLED
    assert not kept(lab) + gathered(lab) + site.asked


@pytest.mark.slow
def test_a_worker_that_is_killed_while_it_fetches_loses_and_doubles_nothing(lab, site, settings, database) -> None:
    begun = answer_slowly(site)
    run_id = trigger(lab)
    environment = os.environ | {
        "PORTAL_DATA_DIR": str(lab.folder),
        "DATABASE_URL": database,
        "PORTAL_IMPORTERS": ",".join(settings["importers"]),
        "PORTAL_URL_ALLOW": site.host,
    }
    with subprocess.Popen([sys.executable, "-m", "portal.workers.process"], env=environment) as worker:
        assert begun.wait(60)
        worker.send_signal(signal.SIGKILL)
    [(name,)] = lab.rows("SELECT worker FROM ingest_runs WHERE id = :id", id=run_id)
    site.pages["/in/notes.csv?token=hidden"] = NOTES
    recovery.recover(lab.context("pulse"), gone_workers=[name], queue_is_empty=True)
    lab.drain()
    assert counts(lab.find(run_id)) == (9, 9, 0, 0)
    assert len(lab.rows("SELECT * FROM notes")) == 9
    assert [path.read_bytes() for path in kept(lab)] == [NOTES]
    assert not gathered(lab)


def test_content_that_has_not_changed_is_imported_and_told(lab: Lab, site: Site) -> None:
    first, dry, second = fetched(lab), fetched(lab, dry_run=True), fetched(lab)
    same = f"Its content is the same as in run {first}."
    assert [any(same in message for message in lab.messages(run_id)) for run_id in (first, dry, second)] == [
        False,
        True,
        True,
    ]
    assert lab.find(second).successful == 9
    site.pages["/in/notes.csv?token=hidden"] = NOTES + b"new\n"
    assert not any("the same as" in message for message in lab.messages(fetched(lab)))


def test_the_source_that_counts_is_that_of_the_moment_of_fetching(lab: Lab) -> None:
    run_id = trigger(lab)
    del lab.app.extensions["importers"]["fetched"]
    lab.drain()
    run = lab.find(run_id)
    assert (run.status, run.error) == (RunStatus.FAILED, "There is no importer called fetched with a source any more.")


class TestRefusals:
    """What can be known before a run is begun is told then, and leaves no run behind."""

    @pytest.fixture
    def settings(self, tmp_path: Path) -> dict[str, object]:
        importer = fetched_importer(tmp_path, source="https://data.example.com/notes.csv")
        return {"importers": (IMPORTERS, importer)}

    def test_a_host_that_is_not_allowed(self, lab: Lab) -> None:
        with pytest.raises(BadInput, match=r"Files may not be fetched from data\.example\.com") as refused:
            trigger(lab)
        assert "PORTAL_URL_ALLOW" in refused.value.fix
        assert lab.rows("SELECT * FROM ingest_runs") == []

    @pytest.mark.usefixtures("lab")
    def test_an_importer_without_a_source(self) -> None:
        with pytest.raises(BadInput, match="Goods has no source to fetch a file from"):
            operations.trigger_import("goods", actor=SOMEONE)

    @pytest.mark.usefixtures("lab")
    def test_an_importer_that_is_not_there(self) -> None:
        with pytest.raises(NotFound, match="no importer called bads"):
            operations.trigger_import("bads", actor=SOMEONE)


class TestPaths:
    """A path of the server: the newest file that fits."""

    @pytest.fixture
    def settings(self, tmp_path: Path) -> dict[str, object]:
        (tmp_path / "drop").mkdir()
        importer = fetched_importer(tmp_path, source=f"{tmp_path}/drop/notes-*.csv")
        return {"importers": (IMPORTERS, importer), "chunk_rows": 4}

    def test_the_run_is_called_after_the_file_that_was_found(self, lab: Lab) -> None:
        for number, content in ((2, b"body\nold\n"), (1, NOTES)):
            path = lab.folder / "drop" / f"notes-{number}.csv"
            path.write_bytes(content)
            os.utime(path, (1_700_000_000 - number,) * 2)
        run_id = trigger(lab)
        assert lab.find(run_id).original_filename == "notes-*.csv"
        lab.drain()
        run = lab.find(run_id)
        assert (run.original_filename, run.successful) == ("notes-1.csv", 9)
        assert (lab.folder / "drop" / "notes-1.csv").exists(), "the source stays as it is"

    def test_nothing_that_fits(self, lab: Lab) -> None:
        run = lab.find(fetched(lab))
        assert (run.status, run.error) == (RunStatus.FAILED, f"No file fits {lab.folder}/drop/notes-*.csv.")
