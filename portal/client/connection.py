"""Requests to a portal elsewhere. TLS is verified against the certificates that this machine trusts, or those that
SSL_CERT_FILE names; proxies of the environment are ignored."""

from __future__ import annotations

import json
import uuid
from collections.abc import Generator, Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

from urllib3 import BaseHTTPResponse, PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.util import parse_url

from portal.client.problems import refusal, unreachable
from portal.client.uploads import Upload

Answer = Mapping[str, Any]
"""What the JSON of a portal is: `{"data": ...}`, or below `/v1/flow` a single thing as it is: `{"id": ...}`."""

CONNECT_SECONDS = 10
READ_SECONDS = 60
UPLOAD_SECONDS = 600
"""How long a portal may take to answer when all of a file is sent: it looks into the file and stores it."""

BLOCK = 1 << 18
PER_PAGE = 100
"""The most that a portal gives at once."""

UPLOAD: dict[str, Any] = {"timeout": Timeout(connect=CONNECT_SECONDS, read=UPLOAD_SECONDS)}

SAID = frozenset({"data", "message", "id"})
"""One of these is in each answer of a portal that has contents."""

BUSY = frozenset({429, 502, 503, 504})
REPEATABLE = frozenset({"GET"})


class _Tries(Retry):
    """Waits as long as the answer says only where that is about asking too often: the portal's limits put Retry-After
    on other answers, too."""

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        return super().get_retry_after(response) if response.status == HTTPStatus.TOO_MANY_REQUESTS else None


TRIES = _Tries(
    total=3,
    backoff_factor=0.5,
    status_forcelist=BUSY,
    allowed_methods=REPEATABLE,
    retry_after_max=60,
    raise_on_status=False,
)
"""What failed on the way is asked again after 0, 1 and 2 seconds, or when the answer says. A request that changes
something isn't, once it was sent, unless its Idempotency-Key lets the portal see that it is the same."""


class Connection:
    """Speaks to the portal at `url` as the owner of `token`.

    Each method raises PortalError, with a sentence for people, where the portal refuses, can't be reached, or isn't
    one. A path begins with a slash: "/api/v1/ingest/7".
    """

    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json", "User-Agent": "ingest-portal"}
        self._headers = headers
        self._pool = PoolManager(timeout=Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS))
        self._known: dict[str, tuple[str, Answer]] = {}

    def get(self, path: str, query: Mapping[str, object] | None = None) -> Answer:
        """What is at `path`; parts of `query` that are blank or None are left out."""
        given = {name: str(value) for name, value in (query or {}).items() if value not in (None, "")}
        return self._answer("GET", path, fields=given or None)

    def entries(self, path: str) -> Iterator[Answer]:
        """All entries of a list, however many pages it has."""
        page, pages = 0, 1
        while page < pages:
            page += 1
            part = self.get(path, {"page": page, "per_page": PER_PAGE})
            yield from part["data"]
            pages = part["meta"]["pages"]

    def poll(self, path: str) -> Answer:
        """The same for what is asked again and again: the portal only sends it where it has changed."""
        tag, known = self._known.get(path, ("", {}))
        response = self._send("GET", path, headers={"If-None-Match": tag} if tag else {})
        if response.status == HTTPStatus.NOT_MODIFIED:
            return known
        answer = self._read(response)
        if tag := response.headers.get("ETag", ""):
            self._known[path] = tag, answer
        return answer

    def post(self, path: str, body: Answer | None = None) -> Answer:
        """Make or change something."""
        return self._answer("POST", path, body=_json(body or {}))

    def start(self, path: str, body: Answer | None = None) -> Answer:
        """Start something, once, however often the request has to be sent."""
        return self._answer(
            "POST", path, body=_json(body or {}), headers=_key(), retries=TRIES.new(allowed_methods=None)
        )

    def upload(self, path: str, file: Path, fields: Mapping[str, str]) -> Answer:
        """Start something with a file, which is read as it is sent; `fields` come before it in the form."""
        form = Upload([file], fields)
        return self._answer(
            "POST", path, body=form, headers=form.headers | _key(), retries=TRIES.new(allowed_methods=None), **UPLOAD
        )

    def put(self, path: str, files: Sequence[Path], fields: Mapping[str, str]) -> list[Answer]:
        """Keep files, which are read as they are sent, as `upload` does; what the portal says of each."""
        form = Upload(files, fields, name="files")
        response = self._send("PUT", path, body=form, headers=form.headers, **UPLOAD)
        answer = self._json(response)
        if not isinstance(answer, list):
            raise refusal(self.url, response)
        return answer

    def patch(self, path: str, body: Answer) -> Answer:
        """Change parts of something."""
        return self._answer("PATCH", path, body=_json(body))

    def delete(self, path: str) -> Answer:
        """Remove or end something."""
        return self._answer("DELETE", path)

    def download(self, path: str) -> Generator[bytes, None, None]:
        """What is at `path` in blocks, as they come."""
        response = self._send("GET", path, preload_content=False, headers={"Accept": "*/*"})
        if response.status != HTTPStatus.OK:
            raise refusal(self.url, response)
        try:
            yield from response.stream(BLOCK)
        except HTTPError as error:
            raise unreachable(self.url, error) from error

    def _answer(self, method: str, path: str, **options: Any) -> Answer:
        return self._read(self._send(method, path, **options))

    def _send(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        retries: Retry | None = None,
        **options: Any,
    ) -> BaseHTTPResponse:
        """Redirects aren't followed: the token is for this portal alone."""
        kind = {"Content-Type": "application/json"} if isinstance(options.get("body"), bytes) else {}
        options |= {"headers": self._headers | kind | (headers or {}), "retries": retries or TRIES, "redirect": False}
        try:
            return self._pool.request(method, self.url + path, **options)
        except HTTPError as error:
            raise unreachable(self.url, error) from error

    def _read(self, response: BaseHTTPResponse) -> Answer:
        """What a good answer says. Raises PortalError for any other, and for what no portal would answer."""
        if response.status == HTTPStatus.NO_CONTENT:
            return {}
        answer = self._json(response)
        if not isinstance(answer, dict) or not answer.keys() & SAID:
            raise refusal(self.url, response)
        return answer

    def _json(self, response: BaseHTTPResponse) -> Any:
        if not HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES:
            raise refusal(self.url, response)
        try:
            return json.loads(response.data)
        except ValueError:
            raise refusal(self.url, response) from None


def is_address(url: str) -> bool:
    """Whether `url` can be that of a portal: http or https, and a host; no password, which messages would show."""
    try:
        parsed = parse_url(url)
    except LocationParseError:
        return False
    more = parsed.query or parsed.fragment or parsed.auth
    return parsed.scheme in ("http", "https") and bool(parsed.host) and not more


def _json(body: Answer) -> bytes:
    """In letters that any text may be written in, half characters too: the portal says what is wrong with those."""
    return json.dumps(body).encode()


def _key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid.uuid4())}
