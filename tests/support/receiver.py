"""A receiver of webhooks on the loopback, and a portal that may send there."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from ssl import SSLContext
from typing import Any

from flask import Flask

from portal.sources import AllowedHosts
from portal.sources.hosts import Permission
from tests.support.web import Handler, listening

Answer = Callable[[Handler], None]


@dataclass(frozen=True)
class Received:
    """One message as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)

    def is_signed_by(self, secret: str) -> bool:
        """Whether one of its signatures is of `secret`, computed as the specification says."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = b".".join([self.headers["webhook-id"].encode(), self.headers["webhook-timestamp"].encode(), self.body])
        wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return wanted in self.headers["webhook-signature"].split(" ")


class Receiver:
    """`received` has what came. `answers` are given one after the other, the last for ever. `came` is set by each
    message; `released` lets go of answers that wait for it."""

    def __init__(self, port: int, scheme: str) -> None:
        self.received: list[Received] = []
        self.answers: list[Answer] = [lambda handler: handler.give(200, b"thank you")]
        self.came, self.released = threading.Event(), threading.Event()
        self.host = f"127.0.0.1:{port}"
        self.url = f"{scheme}://{self.host}/hooks"

    def answer(self, *answers: int | Answer) -> None:
        """Say from now on `answers`: statuses, or what to do with the request."""
        self.answers = [_status(answer) if isinstance(answer, int) else answer for answer in answers]


@contextmanager
def receiver(tls: SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver on a port of its own, with HTTPS where `tls` is given."""
    handler = type("ReceivingHandler", (_Handler,), {})
    with listening(handler, tls) as port:
        made = handler.receiver = Receiver(port, "https" if tls else "http")
        try:
            yield made
        finally:
            made.released.set()


def allow(app: Flask, *hosts: str, **reach: Any) -> None:
    """Let the webhooks of `app` go to `hosts`, too; `reach` changes further parts of how far they go."""
    allowed = AllowedHosts.named(hosts, others=Permission.BY_PATTERN)
    app.extensions["webhook_reach"] = replace(app.extensions["webhook_reach"], allowed=allowed, **reach)


class _Handler(Handler):
    receiver: Receiver

    def do_POST(self) -> None:  # noqa: N802 - http.server asks for it by this name
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.received.append(Received(self.path, dict(self.headers.items()), body))
        self.receiver.came.set()
        answers = self.receiver.answers
        (answers.pop(0) if len(answers) > 1 else answers[0])(self)


def _status(status: int) -> Answer:
    return lambda handler: handler.give(status, b"no" if status >= 300 else b"yes")
