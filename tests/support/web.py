"""A web server of a test's own, on the loopback, that answers as it is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ssl import SSLContext

Answer = bytes | Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Gives what the site has for the path."""

    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        self.site.asked.append((self.path, dict(self.headers.items())))
        found = self.site.pages.get(self.path, self.site.default)
        answer = found.pop(0) if isinstance(found, list) and len(found) > 1 else found
        answer = answer[0] if isinstance(answer, list) else answer
        if callable(answer):
            answer(self)
        else:
            self.give(200, answer)

    do_HEAD = do_GET  # noqa: N815 - the parent's name for it

    def give(self, status: int, body: bytes = b"", **headers: str) -> None:
        """A whole answer; underscores in the names of headers stand for hyphens."""
        self.begin(status, **{"Content_Length": str(len(body))} | headers)
        if self.command != "HEAD":
            self.wfile.write(body)

    def begin(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.flush()

    def cut(self) -> None:
        """Break the connection off."""
        self.wfile.flush()
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Tests print nothing."""


class Site:
    """`pages` has the answers by path; a list is given one after the other, its last for ever; `default` is for
    all other paths. `asked` has what was
    asked for. `released` lets go of answers that wait for it."""

    def __init__(self, port: int) -> None:
        self.pages: dict[str, Answer | list[Answer]] = {}
        self.default: Answer = lambda handler: handler.give(404, b"not here")
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.released = threading.Event()
        self.port = port
        self.host = f"127.0.0.1:{port}"
        self.url = f"http://{self.host}"


@contextmanager
def web_site(tls: SSLContext | None = None) -> Iterator[Site]:
    """A site on a port of its own, with HTTPS where `tls` is given."""
    handler = type("SiteHandler", (Handler,), {})
    with listening(handler, tls) as port:
        site = handler.site = Site(port)
        try:
            yield site
        finally:
            site.released.set()


@contextmanager
def listening(handler: type[BaseHTTPRequestHandler], tls: SSLContext | None = None) -> Iterator[int]:
    """The port on which `handler` answers, in threads, with HTTPS where `tls` is given. At the end those that still
    answer must have been let go."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # those that are cut off are meant to be
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def redirect(target: str, status: int = 302) -> Callable[[Handler], None]:
    """An answer that leads to `target`."""
    return lambda handler: handler.give(status, Location=target)
