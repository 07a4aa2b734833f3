"""A stand-in for a language model's API on the loopback: real HTTP, answers as a test orders them."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ssl import SSLContext
from typing import Any

from tests.support.web import Handler, listening

PASSAGE = re.compile(r"<<<begin passage (\w+)>>>\n(.*)\n<<<end passage \1>>>", re.DOTALL)
SENTENCE = re.compile(r"[^\s#|*>-][^.\n|]*\.")
KEY = "sk-test-0123456789abcdef"
MODEL = "stand-in"


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    json: dict[str, Any]

    @property
    def text(self) -> str:
        """What the last message says."""
        return str(self.json["messages"][-1]["content"])

    @property
    def passage(self) -> str:
        found = PASSAGE.search(self.json["messages"][1]["content"])
        return found[2] if found else ""

    @property
    def wanted(self) -> int:
        found = re.search(r"Write up to (\d+) pairs", self.json["messages"][1]["content"])
        return int(found[1]) if found else 0


Behaviour = Callable[["ModelHandler", Asked], None]


class ModelServer:
    """`asked` has what came, in the order in which it came. `behaviours` are shown one after the other, the last for
    ever. `came` is set by each request, `left` when a caller went away before its answer, `released` lets go of
    answers that wait for it. `most_at_once` is how many requests were under way together."""

    def __init__(self, port: int, scheme: str) -> None:
        self.asked: list[Asked] = []
        self.behaviours: list[Behaviour] = [good]
        self.came, self.left, self.released = threading.Event(), threading.Event(), threading.Event()
        self.lock = threading.Condition()
        self.under_way = self.most_at_once = 0
        self.url = f"{scheme}://127.0.0.1:{port}/v1"

    def wait_for(self, requests: int) -> None:
        with self.lock:
            assert self.lock.wait_for(lambda: len(self.asked) >= requests, 10), f"Only {len(self.asked)} requests came."

    def behave(self, *behaviours: Behaviour) -> None:
        self.behaviours = list(behaviours)


@contextmanager
def model_server(tls: SSLContext | None = None) -> Iterator[ModelServer]:
    """A stand-in on a port of its own, with HTTPS where `tls` is given."""
    handler = type("OwnModelHandler", (ModelHandler,), {})
    with listening(handler, tls) as port:
        made = handler.server_of_model = ModelServer(port, "https" if tls else "http")
        try:
            yield made
        finally:
            made.released.set()


class ModelHandler(Handler):
    server_of_model: ModelServer

    def do_POST(self) -> None:  # noqa: N802 - http.server asks for it by this name
        server = self.server_of_model
        body = self.rfile.read(int(self.headers["Content-Length"]))
        asked = Asked(self.path, dict(self.headers.items()), json.loads(body))
        with server.lock:
            server.asked.append(asked)
            server.lock.notify_all()
            server.under_way += 1
            server.most_at_once = max(server.most_at_once, server.under_way)
            behave = server.behaviours.pop(0) if len(server.behaviours) > 1 else server.behaviours[0]
        server.came.set()
        try:
            behave(self, asked)
        finally:
            with server.lock:
                server.under_way -= 1

    def complete(self, content: str | None, usage: Any = None, finish: str = "stop") -> None:
        """An answer as the API has it, with `content` as the model's words."""
        message = {"role": "assistant", "content": content}
        answer = {"object": "chat.completion", "choices": [{"index": 0, "message": message, "finish_reason": finish}]}
        self.give(200, json.dumps(answer | ({"usage": usage} if usage else {})).encode())

    def refuse(self, status: int, message: str, **error: Any) -> None:
        headers = {"Retry_After": error.pop("retry_after")} if "retry_after" in error else {}
        self.give(status, json.dumps({"error": {"message": message, **error}}).encode(), **headers)


USAGE = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}


def pairs_from(asked: Asked) -> list[dict[str, str]]:
    """As many pairs as are wanted, taken from the sentences of the passage."""
    sentences = SENTENCE.findall(asked.passage)[: asked.wanted]
    return [
        {"question": f"What does it mean that {' '.join(each.split()[:9])}?", "answer": each, "quote": each}
        for each in sentences
    ]


def good(handler: ModelHandler, asked: Asked) -> None:
    """Pairs from the passage; a prompt where none was sent."""
    if asked.passage:
        handler.complete(json.dumps({"pairs": pairs_from(asked)}), USAGE)
    else:
        handler.complete("You answer questions about the staff handbook.", USAGE)


def without_usage(handler: ModelHandler, asked: Asked) -> None:
    handler.complete(json.dumps({"pairs": pairs_from(asked)}))


def saying(content: str | None, finish: str = "stop") -> Behaviour:
    """These words, whatever was asked."""
    return lambda handler, _asked: handler.complete(content, USAGE, finish)


def giving(*pairs: dict[str, Any]) -> Behaviour:
    """These pairs, whatever was asked."""
    return saying(json.dumps({"pairs": pairs}))


def refusing(status: int, message: str = "No.", **error: Any) -> Behaviour:
    """An error as the API has it; `retry_after` becomes the header."""
    return lambda handler, _asked: handler.refuse(status, message, **error)


def refusing_option(name: str) -> Behaviour:
    """An endpoint that doesn't take the option `name`, and else gives good pairs."""

    def behave(handler: ModelHandler, asked: Asked) -> None:
        if name in asked.json:
            handler.refuse(400, f"Unsupported parameter: '{name}' is not supported with this model.", param=name)
        else:
            good(handler, asked)

    return behave


def with_key(handler: ModelHandler, asked: Asked) -> None:
    """Only with the right key; a wrong one is repeated, as some endpoints do."""
    given = asked.headers.get("Authorization", "").removeprefix("Bearer ")
    if given == KEY:
        good(handler, asked)
    else:
        handler.refuse(401, f"Incorrect API key provided: {given}.", code="invalid_api_key")


def never(handler: ModelHandler, asked: Asked) -> None:
    """No answer; `left` is set when the caller goes away."""
    server = handler.server_of_model
    handler.connection.settimeout(0.02)
    while not server.released.is_set():
        try:
            if not handler.connection.recv(1):
                break
        except TimeoutError:
            continue
        except OSError:
            break
    server.left.set()
    handler.close_connection = True


def trickling(handler: ModelHandler, asked: Asked) -> None:
    """An answer that begins, and goes on for ever, a byte now and then."""
    handler.begin(200, Content_Length="1000000")
    while not handler.server_of_model.released.wait(0.01):
        handler.wfile.write(b" ")
    handler.close_connection = True


def huge(handler: ModelHandler, asked: Asked) -> None:
    """More than anybody wants to read."""
    handler.begin(200, Content_Length=str(1 << 40))
    while not handler.server_of_model.released.is_set():
        handler.wfile.write(b" " * (1 << 16))


def closing(handler: ModelHandler, asked: Asked) -> None:
    """The connection is closed in the middle of the answer."""
    handler.begin(200, Content_Length="1000")
    handler.wfile.write(b'{"choices": [')
    handler.cut()


def redirecting(handler: ModelHandler, asked: Asked) -> None:
    handler.give(307, Location="/elsewhere")


def website(handler: ModelHandler, asked: Asked) -> None:
    """Something else than a model answers here."""
    handler.give(200, b"<html>Welcome</html>")


def in_turn(number: int) -> Behaviour:
    """Good pairs, but only once `number` requests are under way, or nobody waits any more."""

    def behave(handler: ModelHandler, asked: Asked) -> None:
        server = handler.server_of_model
        while server.most_at_once < number and not server.released.wait(0.005):
            pass
        good(handler, asked)

    return behave
