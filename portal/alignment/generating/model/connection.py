"""One request to the endpoint and its answer, within time and size, and cut when it is to stop.

The connection is urllib3's, without its pool: only one that is at hand can be cut while its answer is waited for.
Redirects aren't followed: the key isn't for whoever is there. Proxies of the environment are ignored.
"""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass
from http.client import HTTPException

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse
from urllib3.util import parse_url

from portal.alignment.generating.model import failures
from portal.alignment.generating.model.endpoint import Endpoint
from portal.alignment.generating.model.stopping import Stop

BLOCK = 1 << 16


@dataclass(frozen=True)
class Answer:
    """`retry_after` is the header of that name, empty without one."""

    status: int
    body: bytes
    retry_after: str = ""


def post(endpoint: Endpoint, body: bytes, stop: Stop) -> Answer:
    """Send `body` once. Raises Cancelled when `stop` was set, GenerationFailed when no whole answer came."""
    end = time.monotonic() + endpoint.timeout_seconds
    try:
        return _exchanged(endpoint, body, stop, end)
    except (OSError, HTTPError, HTTPException) as error:
        stop.check()
        if time.monotonic() >= end or isinstance(error, TimeoutError):
            raise failures.timed_out(endpoint) from error
        if isinstance(error, ssl.SSLCertVerificationError):
            raise failures.untrusted(endpoint, error.verify_message) from error
        raise failures.broke_off(endpoint) from error


def _exchanged(endpoint: Endpoint, body: bytes, stop: Stop, end: float) -> Answer:
    connection = _connection(endpoint)
    try:
        _connect(connection, endpoint)
        with stop.cutting(connection.sock, max(end - time.monotonic(), 0)):
            connection.sock.settimeout(endpoint.timeout_seconds)
            path = parse_url(endpoint.address).request_uri
            connection.request("POST", path, body, endpoint.headers, preload_content=False, decode_content=False)
            response = connection.getresponse()
            return Answer(response.status, _body(endpoint, response), response.headers.get("Retry-After", ""))
    finally:
        connection.close()


def _connection(endpoint: Endpoint) -> HTTPConnection:
    url = parse_url(endpoint.base_url)
    host = str(url.host).strip("[]")
    if url.scheme == "https":
        tls = ssl.create_default_context()
        return HTTPSConnection(host, url.port, timeout=endpoint.connect_seconds, ssl_context=tls)
    return HTTPConnection(host, url.port, timeout=endpoint.connect_seconds)


def _connect(connection: HTTPConnection, endpoint: Endpoint) -> None:
    try:
        connection.connect()
    except ssl.SSLError:
        raise
    except (OSError, HTTPError) as error:
        raise failures.unreachable(endpoint) from error


def _body(endpoint: Endpoint, response: BaseHTTPResponse) -> bytes:
    found = bytearray()
    for block in response.stream(BLOCK, decode_content=False):
        found += block
        if len(found) > endpoint.max_bytes:
            raise failures.too_large(endpoint)
    return bytes(found)
