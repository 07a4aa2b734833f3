"""Sites, and a way to fetch from them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from portal.sources import Address, AllowedHosts, Reach, fetch
from tests.support.web import Site, web_site


@pytest.fixture
def site() -> Iterator[Site]:
    with web_site() as made:
        yield made


@pytest.fixture
def elsewhere() -> Iterator[Site]:
    """Another site, which isn't allowed unless a test names it."""
    with web_site() as made:
        yield made


@pytest.fixture
def get(tmp_path: Path) -> Callable[..., bytes]:
    """`get(address, allow=[...])` gives all bytes; further keywords change how far one goes."""

    def get(text: str, *, allow: Sequence[str] = (), look: Callable[[], None] = lambda: None, **reach: Any) -> bytes:
        blocks: list[bytes] = []
        settings: dict[str, Any] = {"max_bytes": 10_000_000, "environ": {}} | reach
        fetch(Address.parse(text), Reach(AllowedHosts.named(allow), **settings), blocks.append, look)
        return b"".join(blocks)

    return get


@pytest.fixture
def quick() -> Iterator[None]:
    """A test that asks for it fails when it takes long: what it waits for must not be a time limit."""
    start = time.monotonic()
    yield
    assert time.monotonic() - start < 5
