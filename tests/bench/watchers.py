"""Programs that watch a run, in a process of their own: `python -m tests.bench.watchers URL TOKEN COUNT`, to SIGTERM.

Each asks once a second over a connection that stays open, as a script with a session does, and sends back the ETag that
it got. It is lean, since it shares the machine with what is measured.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import signal
import sys
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

EVERY_SECONDS = 1.0
LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
ETAG = re.compile(rb"etag: (\S+)", re.IGNORECASE)


@dataclass
class Seen:
    """How long each answer took, in milliseconds, and how many came with each status."""

    milliseconds: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)


async def watch(url: str, token: str, delay: float, seen: Seen) -> None:
    """Ask for `url` each second until cancelled."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    head = f"GET {address.path} HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {token}\r\n".encode()
    etag = b""
    due = time.monotonic() + delay
    while True:
        await asyncio.sleep(due - time.monotonic())
        start = time.perf_counter()
        writer.write(head + (b"If-None-Match: " + etag + b"\r\n" if etag else b"") + b"\r\n")
        answer = await reader.readuntil(b"\r\n\r\n")
        if length := LENGTH.search(answer):
            await reader.readexactly(int(length[1]))
        seen.milliseconds.append((time.perf_counter() - start) * 1_000)
        status = answer[9:12].decode()
        seen.statuses[status] = seen.statuses.get(status, 0) + 1
        found = ETAG.search(answer)
        etag = found[1] if found else b""
        if b"connection: close" in answer.lower():
            writer.close()
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
        due += EVERY_SECONDS


async def watch_all(url: str, token: str, count: int) -> Seen:
    """`count` of them, who begin one after the other within the first second."""
    seen = Seen()
    watchers = asyncio.gather(*(watch(url, token, number / count, seen) for number in range(count)))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, watchers.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await watchers
    return seen


if __name__ == "__main__":
    url, token, count = sys.argv[1:]
    found = asyncio.run(watch_all(url, token, int(count)))
    print(json.dumps({"milliseconds": found.milliseconds, "statuses": found.statuses}))
