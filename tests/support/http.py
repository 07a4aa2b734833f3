"""A person's browser without the browser: cookies, forms with their tokens, uploads."""

from __future__ import annotations

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Answer:
    """What came back, after redirects."""

    status: int
    url: str
    text: str


class Visitor:
    """Someone who has signed in at `base_url` by a one-time link."""

    def __init__(self, base_url: str, sign_in_link: str) -> None:
        self._base_url = base_url
        self._cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))
        assert self.get(sign_in_link.removeprefix(base_url)).status == 200

    @property
    def cookies(self) -> str:
        """The header that makes a request this visitor's."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._cookies)

    def get(self, path: str) -> Answer:
        return self._send(urllib.request.Request(self._base_url + path))

    def post(self, path: str, page: str, **fields: str) -> Answer:
        """Send the form at `path`, with the token of the form on `page`."""
        values = {"csrf_token": self._token(page), **fields}
        data = urllib.parse.urlencode(values).encode()
        return self._send(urllib.request.Request(self._base_url + path, data=data))

    def upload(self, importer: str, file: Path, name: str | None = None, **fields: str) -> Answer:
        """Start an import through the form on /runs/new."""
        values = {"csrf_token": self._token("/runs/new"), "importer": importer, **fields}
        body, kind = _multipart(values, name or file.name, file.read_bytes())
        request = urllib.request.Request(self._base_url + "/runs/new", data=body, headers={"Content-Type": kind})
        return self._send(request)

    def _token(self, page: str) -> str:
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(page).text)
        assert found, f"{page} has no form."
        return found[1]

    def _send(self, request: urllib.request.Request) -> Answer:
        try:
            with self._opener.open(request, timeout=120) as response:
                return Answer(response.status, response.url, response.read().decode())
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.url or "", error.read().decode())


def run_id_of(answer: Answer) -> int:
    """The run whose page `answer` is."""
    found = re.search(r"/runs/(\d+)$", answer.url)
    assert found, f"{answer.status} at {answer.url}: {answer.text[:2000]}"
    return int(found[1])


def _multipart(fields: dict[str, str], filename: str, content: bytes) -> tuple[bytes, str]:
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n'
        "Content-Type: text/csv\r\n\r\n"
    )
    body = b"".join([*parts, head.encode(), content, f"\r\n--{boundary}--\r\n".encode()])
    return body, f"multipart/form-data; boundary={boundary}"
