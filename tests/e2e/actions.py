"""What people do at the portal, in words."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path

from playwright.sync_api import APIRequestContext, FormData, Page, expect

from tests.support.running import RunningPortal

FINISHED = re.compile("Completed|Failed|Cancelled")


def link_for_new_user(admin: APIRequestContext, email: str, role: str) -> str:
    """Bring someone in; returns the link to pass on to them."""
    token = _hidden("csrf_token", admin.get("/users/new").text())
    answer = admin.post("/users/new", form={"csrf_token": token, "email": email, "role": role})
    link = re.search(r"http\S+/sign-in/link/[\w-]+", answer.text())
    assert link, answer.text()
    return link[0]


def send_file(page: Page, importer: str, name: str, content: str | bytes, **fields: str) -> int:
    """Start a run as whoever is signed in at `page`, by its form but past its page; returns the run's number.

    Says yes where the file was imported before.
    """
    values = {"csrf_token": _hidden("csrf_token", page.request.get("/runs/new").text()), "importer": importer, **fields}
    file = {"name": name, "mimeType": "text/csv", "buffer": content.encode() if isinstance(content, str) else content}
    answer = page.request.post("/runs/new", multipart={**values, "file": file})
    if answer.status == HTTPStatus.CONFLICT:
        answer = page.request.post("/runs/new", form={**values, "file_id": _hidden("file_id", answer.text())})
    assert answer.ok, re.sub(r"(<[^>]*>|\s)+", " ", answer.text())
    return int(answer.url.rsplit("/", 1)[1])


def finished_run(
    portal: RunningPortal, page: Page, importer: str, name: str, content: str | bytes, **fields: str
) -> int:
    """The same, and wait until it has finished."""
    run_id = send_file(page, importer, name, content, **fields)
    portal.wait_for_run(run_id)
    return run_id


def new_data_job(page: Page, name: str, files: Mapping[str, str | bytes] | None = None) -> str:
    """Make a data job with these files as whoever is signed in at `page`, past its page; returns its id."""
    form = FormData()
    form.set("csrf_token", _hidden("csrf_token", page.request.get("/jobs/new").text()))
    for field, value in (("name", name), ("job_type", "context_grounded_files"), ("method", "speed-optimized")):
        form.set(field, value)
    for filename, content in (files or {}).items():
        buffer = content.encode() if isinstance(content, str) else content
        form.append("files", {"name": filename, "mimeType": "text/plain", "buffer": buffer})
    answer = page.request.post("/jobs/new", multipart=form)
    assert answer.ok, re.sub(r"(<[^>]*>|\s)+", " ", answer.text())
    return str(answer.url.rsplit("/", 1)[1])


def run_without_its_file(portal: RunningPortal, page: Page) -> int:
    """A run that fails, since its file is lost before a worker comes to it."""
    with paused_workers(portal):
        run_id = send_file(page, "airlines", "lost.csv", "carrier,name\nZZ,Lost\n")
        query = "SELECT storage_key FROM files JOIN ingest_runs r ON r.file_id = files.id WHERE r.id = ?"
        (portal.folder / "files" / portal.rows(query, run_id)[0][0]).unlink()
    assert portal.wait_for_run(run_id) == "failed"
    return run_id


def choose_file(page: Page, importer: str, path: Path) -> None:
    """Fill in the form of a new import."""
    page.goto("/runs/new")
    page.get_by_label("Importer").select_option(importer)
    page.locator("#file").set_input_files(path)


def drop_file(page: Page, path: Path) -> None:
    """Drop a file from outside the browser on the drop zone."""
    drop_files(page, [path])


def drop_files(page: Page, paths: Sequence[Path]) -> None:
    """Drop several together."""
    zone = page.locator(".drop-zone")
    zone.scroll_into_view_if_needed()
    box = zone.bounding_box()
    assert box
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    devtools = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        devtools.send("Input.dispatchDragEvent", {"type": kind, "x": x, "y": y, "data": data})


def run_number(page: Page) -> int:
    """The run whose page this is."""
    expect(page).to_have_url(re.compile(r"/runs/\d+$"))
    return int(page.url.rsplit("/", 1)[1])


@contextlib.contextmanager
def slow_line(page: Page, bytes_per_second: int) -> Iterator[None]:
    """What `page` sends goes through a narrower line."""
    devtools = page.context.new_cdp_session(page)
    line = {"offline": False, "latency": 0, "downloadThroughput": -1}
    devtools.send("Network.emulateNetworkConditions", {**line, "uploadThroughput": bytes_per_second})
    yield
    devtools.send("Network.emulateNetworkConditions", {**line, "uploadThroughput": -1})
    devtools.detach()


@contextlib.contextmanager
def paused_workers(portal: RunningPortal) -> Iterator[None]:
    """Nothing is worked at meanwhile: what is started keeps waiting, what is at work stands still."""
    pids = portal.worker_pids()
    _signal(pids, signal.SIGSTOP)
    while _is_locked(portal):  # in the midst of a write: nobody else could write meanwhile
        _signal(pids, signal.SIGCONT)
        _signal(pids, signal.SIGSTOP)
    try:
        yield
    finally:
        _signal(pids, signal.SIGCONT)


def _signal(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        os.kill(pid, number)


def _is_locked(portal: RunningPortal) -> bool:
    for name in ("portal.db", "queue.db"):
        with contextlib.closing(sqlite3.connect(portal.folder / name, timeout=0.1)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
    return False


def _hidden(name: str, page: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]+)"', page)
    assert found, f"The page has no field {name}."
    return found[1]
