"""Where a language model is, and how long and how much it is asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from urllib3.util import parse_url

MEBIBYTE = 1 << 20


@dataclass(frozen=True)
class Endpoint:
    """An API as OpenAI describes it: https://platform.openai.com/docs/api-reference/chat/create."""

    base_url: str
    """Without `/chat/completions`."""
    model: str
    api_key: str = field(default="", repr=False)
    timeout_seconds: float = 120
    """For one answer, from the connection to its last byte."""
    connect_seconds: float = 10
    max_bytes: int = 4 * MEBIBYTE
    """Of one answer."""

    @property
    def address(self) -> str:
        return f"{self.base_url}/chat/completions"

    @property
    def host(self) -> str:
        """For people: host and port, nothing that could be secret."""
        url = parse_url(self.base_url)
        return f"{url.host}:{url.port}" if url.port else str(url.host)

    @property
    def headers(self) -> dict[str, str]:
        """Of each request. Packed answers could become larger than they look, so none are asked for."""
        headers = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
        headers["User-Agent"] = "ingest-portal"
        return headers | ({"Authorization": f"Bearer {self.api_key}"} if self.api_key else {})
