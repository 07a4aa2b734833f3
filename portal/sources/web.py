"""Files from the web, by HTTP and HTTPS, from allowed hosts only.

Each hop is made to an address that was looked up and checked just before, so that a name that changes its address in
between (DNS rebinding) leads nowhere. TLS still speaks to the name and verifies it, as urllib3 describes:
https://urllib3.readthedocs.io/en/stable/advanced-usage.html#custom-sni-hostname.
Proxies of the environment are ignored.
"""

from __future__ import annotations

import base64
from collections.abc import Generator
from contextlib import closing
from http import HTTPStatus
from urllib.parse import urljoin

from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, SSLError
from urllib3.util import Timeout, Url

from portal.sources.address import Address
from portal.sources.destinations import PORTS, checked_addresses, host_of, parsed, port_of, untrusted
from portal.sources.hosts import Permission
from portal.sources.problems import PassingProblem, SourceProblem
from portal.sources.reach import Reach

BLOCK = 1 << 18
HOPS = 5
REDIRECTS = frozenset({301, 302, 303, 307, 308})
BUSY = frozenset({408, 425, 429})
KEPT_PACKED = frozenset({"", "identity", "gzip", "x-gzip"})
"""Encodings that are kept as they come: whoever reads the file unpacks it, within limits."""


def read_web(address: Address, reach: Reach) -> Generator[bytes, None, None]:
    """The bytes of the file, in blocks. Raises SourceProblem; PassingProblem where it may be over in a moment."""
    shown = address.shown
    with closing(_file_at(address, reach)) as answer:
        size = answer.headers.get("Content-Length", "")
        if size.isdecimal() and int(size) > reach.max_bytes:
            raise reach.too_large(shown)
        try:
            yield from answer.stream(BLOCK, decode_content=False)
        except HTTPError as error:
            raise PassingProblem(f"The connection broke off while {shown} was read.") from error


def check_allowed(url: str, reach: Reach) -> None:
    """Raises SourceProblem when the host of `url` isn't one that web sources may reach."""
    _checkhost_of(parsed(url), reach)


def _file_at(address: Address, reach: Reach) -> BaseHTTPResponse:
    """The answer that has the file, at the end of all redirects."""
    url = first = parsed(address.expanded(reach.environ))
    credentials = address.credentials(reach.environ)
    for _ in range(HOPS + 1):
        answer = _ask(url, credentials if _origin(url) == _origin(first) else None, reach)
        if answer.status == HTTPStatus.OK and _encoding(answer) in KEPT_PACKED:
            return answer
        answer.close()
        if answer.status not in REDIRECTS:
            raise _refusal(answer, host_of(url), address.shown)
        url = _next_hop(url, answer.headers.get("Location", ""))
    raise SourceProblem(
        f"{address.shown} redirects more than {HOPS} times.", "Put the final address into the importer."
    )


def _ask(url: Url, credentials: tuple[str, str] | None, reach: Reach) -> BaseHTTPResponse:
    """The answer of the first address of the host that takes a connection."""
    headers = {"Host": str(url.netloc), "User-Agent": "ingest-portal", "Accept": "*/*", "Accept-Encoding": "identity"}
    if credentials:
        headers["Authorization"] = "Basic " + base64.b64encode(":".join(credentials).encode()).decode()
    _checkhost_of(url, reach)
    for address in checked_addresses(url, reach):
        try:
            return _pool(url, address, reach).urlopen(
                "GET", url.request_uri, headers=headers, redirect=False, retries=False, preload_content=False
            )
        except (NewConnectionError, ConnectTimeoutError):
            continue
        except SSLError as error:
            raise untrusted(error, host_of(url)) from error
        except HTTPError as error:
            raise PassingProblem(f"{host_of(url)} took the connection but gave no answer.") from error
    raise PassingProblem(f"{host_of(url)} can't be reached at port {port_of(url)}.")


def _pool(url: Url, address: str, reach: Reach) -> HTTPConnectionPool:
    timeout = Timeout(connect=reach.connect_seconds, read=reach.silence_seconds)
    if url.scheme == "https":
        return HTTPSConnectionPool(
            address, port_of(url), timeout=timeout, ssl_context=reach.tls(), server_hostname=host_of(url)
        )
    return HTTPConnectionPool(address, port_of(url), timeout=timeout)


def _checkhost_of(url: Url, reach: Reach) -> None:
    host, port = host_of(url), port_of(url)
    if reach.allowed.permission(host, port) is Permission.NO:
        name = host if port == PORTS[str(url.scheme)] else f"{host}:{port}"
        raise SourceProblem(
            f"Files may not be fetched from {name}.",
            f"Ask your administrator to add {name} to PORTAL_URL_ALLOW.",
        )


def _next_hop(url: Url, location: str) -> Url:
    """Where a redirect leads; a name and password that it brings along are dropped."""
    hop = parsed(urljoin(url.url, location))
    if url.scheme == "https" and hop.scheme != "https":
        raise SourceProblem(
            f"{host_of(url)} redirects to an address that isn't encrypted.", "Ask its administrator why."
        )
    return hop._replace(auth=None, fragment=None)


def _refusal(answer: BaseHTTPResponse, host: str, shown: str) -> SourceProblem:
    """What the answer means, since it isn't the file."""
    status = answer.status
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return SourceProblem(
            f"{host} refuses to give {shown} ({status}).", "Check the user, password or token that the source names."
        )
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return SourceProblem(f"There is no file at {shown} ({status}).", "Check the address of the importer's source.")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in BUSY:
        return PassingProblem(f"{host} can't give {shown} now ({status}).")
    if status == HTTPStatus.OK:
        return SourceProblem(f"{host} packs its answer as {_encoding(answer)}, which wasn't asked for.", _NO_FILE)
    return SourceProblem(f"{host} answers {status} instead of giving {shown}.", _NO_FILE)


_NO_FILE = "Ask the administrator of that server for an address that gives the file itself."


def _origin(url: Url) -> tuple[str | None, str, int]:
    return url.scheme, host_of(url), port_of(url)


def _encoding(answer: BaseHTTPResponse) -> str:
    return answer.headers.get("Content-Encoding", "").strip().lower()
