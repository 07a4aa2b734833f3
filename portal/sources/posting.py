"""Sending something to a host of the web, by POST.

As with files, the connection is made to an address that was looked up and checked just before, past the proxies of the
environment, and TLS verifies the name. Redirects aren't followed: whoever named the address didn't name that one.
The connection is made here and not by urllib3, so that it can be cut: a host that sends a byte now and then would
keep each single read within its time, and the whole going on for ever.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Timer

from urllib3.util import Url

from portal.sources.destinations import checked_addresses, host_of, parsed, port_of, untrusted
from portal.sources.problems import PassingProblem
from portal.sources.reach import Reach

BLOCK = 1 << 13


@dataclass(frozen=True)
class Answer:
    """What a host said: the beginning of the body, at most as many bytes as the reach allows. `retry_after` is the
    header of that name, empty without one."""

    status: int
    body: bytes
    retry_after: str


def post(address: str, body: bytes, headers: Mapping[str, str], reach: Reach) -> Answer:
    """Send `body` to `address`, once, to the first of the host's addresses that takes a connection.

    Raises SourceProblem when that isn't allowed or the host can't prove who it is; PassingProblem when no answer
    came within the times of `reach`. The body may have arrived all the same.
    """
    url, end = parsed(address), time.monotonic() + reach.whole_seconds
    with _connection(url, reach, end) as connection:
        own = {"Host": str(url.netloc), "User-Agent": "ingest-portal"}
        connection.request("POST", url.request_uri, body, {**own, **headers})
        response = connection.getresponse()
        if time.monotonic() > end:  # it was cut, and what came of the head is taken for all of it
            raise TimeoutError
        return Answer(response.status, _beginning(response, reach.max_bytes), response.getheader("Retry-After") or "")


@contextlib.contextmanager
def _connection(url: Url, reach: Reach, end: float) -> Iterator[HTTPConnection]:
    """Open until it is left, or until `end`."""
    host = host_of(url)
    with _connected(url, reach, end) as plain, plain.dup() as same:
        # A duplicate, since TLS takes the first one over; to end the connection either will do.
        clock = Timer(max(end - time.monotonic(), 0), _cut, [same])
        clock.start()
        connection = HTTPConnection(host, port_of(url))
        try:
            connection.sock = _secured(plain, host, reach) if url.scheme == "https" else plain
            yield connection
        except ssl.SSLError as error:
            raise untrusted(error, host) from error
        except (OSError, HTTPException) as error:
            raise PassingProblem(f"{host} took the connection but gave no answer.") from error
        finally:
            clock.cancel()
            connection.close()


def _connected(url: Url, reach: Reach, end: float) -> socket.socket:
    port = port_of(url)
    for address in checked_addresses(url, reach):
        seconds = min(reach.connect_seconds, end - time.monotonic())
        if seconds <= 0:
            break
        with contextlib.suppress(OSError):
            found = socket.create_connection((address, port), timeout=seconds)
            found.settimeout(reach.silence_seconds)
            return found
    raise PassingProblem(f"{host_of(url)} can't be reached at port {port}.")


def _secured(plain: socket.socket, host: str, reach: Reach) -> ssl.SSLSocket:
    return reach.tls().wrap_socket(plain, server_hostname=host)


def _cut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def _beginning(response: HTTPResponse, most: int) -> bytes:
    """As much of the body as comes; the answer was given by its first line."""
    found = b""
    with contextlib.suppress(OSError, HTTPException):
        while len(found) < most and (block := response.read1(min(BLOCK, most - len(found)))):
            found += block
    return found
