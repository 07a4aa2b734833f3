"""Uploads that are large, break off or find no room, through the real web server."""

from __future__ import annotations

import http.client
import re
import resource
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.http import Visitor
from tests.support.running import RunningPortal, running_portal, until

pytestmark = pytest.mark.slow

MEGABYTE = 1 << 20
LARGE = 300
"""Megabytes; a few of them is what the web server may grow by."""
BOUNDARY = "----file-of-the-library"
MOST_GROWTH = 30 * MEGABYTE


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPortal]:
    with running_portal(tmp_path_factory.mktemp("uploads") / "portal", workers=1) as portal:
        yield portal


@pytest.fixture(scope="module")
def ann(portal: RunningPortal) -> Visitor:
    return Visitor(portal.url, portal.sign_in_link("ann@example.com"))


def test_a_large_file_passes_through_without_staying_in_memory(portal: RunningPortal, ann: Visitor) -> None:
    upload(portal, ann, "first.txt", 1)
    before = peak(portal)
    assert upload(portal, ann, "large.txt", LARGE)[0] == 302
    [(file_id, size)] = portal.rows("SELECT id, size FROM files WHERE name = 'large.txt'")
    assert size == LARGE * MEGABYTE
    assert download(portal, ann, file_id) == size
    assert peak(portal) - before < MOST_GROWTH
    assert incoming(portal) == []


def test_an_upload_that_is_cut_off_leaves_nothing(portal: RunningPortal, ann: Visitor) -> None:
    before = state(portal)
    head, foot = request(ann, "cut.txt")
    length = len(head) + 20 * MEGABYTE + len(foot)
    with socket.create_connection(("127.0.0.1", portal.port)) as line:
        lines = (
            "POST /files/ HTTP/1.1",
            f"Host: 127.0.0.1:{portal.port}",
            f"Cookie: {ann.cookies}",
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
            f"Content-Length: {length}",
        )
        line.sendall("\r\n".join([*lines, "", ""]).encode() + head + bytes(10 * MEGABYTE))
        until(lambda: incoming(portal), 10, "the upload arrives")
    until(lambda: not incoming(portal), 10, "what has arrived is gone")
    assert state(portal) == before


def test_a_full_disk_is_told_and_nothing_stays(portal: RunningPortal, ann: Visitor) -> None:
    before = state(portal)
    pids = portal.web_pids()
    for pid in pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4 * MEGABYTE, resource.RLIM_INFINITY))
    try:
        status, text = upload(portal, ann, "too-much.txt", 100)
    finally:
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert (status, "disk is full, so the file could not be kept" in text) == (507, True)
    assert incoming(portal) == []
    assert state(portal) == before


def upload(portal: RunningPortal, ann: Visitor, name: str, megabytes: int) -> tuple[int, str]:
    """Send that much; the status and the page that came back."""
    head, foot = request(ann, name)
    headers = {
        "Cookie": ann.cookies,
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Content-Length": str(len(head) + megabytes * MEGABYTE + len(foot)),
    }
    parts = (head, *[b"x" * MEGABYTE] * megabytes, foot)
    with closing(http.client.HTTPConnection("127.0.0.1", portal.port, timeout=120)) as line:
        line.request("POST", "/files/", body=iter(parts), headers=headers)
        answer = line.getresponse()
        return answer.status, answer.read().decode()


def download(portal: RunningPortal, ann: Visitor, file_id: str) -> int:
    """How many bytes come."""
    with closing(http.client.HTTPConnection("127.0.0.1", portal.port, timeout=120)) as line:
        line.request("GET", f"/files/{file_id}/download", headers={"Cookie": ann.cookies})
        answer = line.getresponse()
        return sum(len(part) for part in iter(lambda: answer.read(MEGABYTE), b""))


def request(ann: Visitor, name: str) -> tuple[bytes, bytes]:
    """What goes before and after the content of the file."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', ann.get("/files/").text)
    assert token
    fields = {"csrf_token": token[1], "purpose": "alignment"}
    texts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields.items()
    ]
    file = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
    return "".join([*texts, file]).encode(), f"\r\n--{BOUNDARY}--\r\n".encode()


def peak(portal: RunningPortal) -> int:
    """The most memory that a process of the web server has had, in bytes."""
    texts = [Path(f"/proc/{pid}/status").read_text() for pid in portal.web_pids()]
    return max(int(found[1]) * 1024 for text in texts if (found := re.search(r"VmHWM:\s+(\d+) kB", text)))


def incoming(portal: RunningPortal) -> list[Path]:
    return list((portal.folder / "incoming").glob("*"))


def state(portal: RunningPortal) -> tuple[object, ...]:
    """What is in the database and in the store."""
    kept = sum(path.is_file() for path in (portal.folder / "files").rglob("*"))
    return portal.rows("SELECT count(*) FROM files"), portal.rows("SELECT count(*) FROM events"), kept
