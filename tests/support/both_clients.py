"""The public client of both kinds, asked in one way."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.flow import FlowPortal


class Blocking:
    """The asynchronous client as if it were the other: whoever calls gets the answer."""

    def __init__(self, asked: Any, run: Callable[[Any], Any]) -> None:
        self._asked, self._run = asked, run

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._asked, name)
        if inspect.iscoroutinefunction(found):
            return lambda *positional, **named: self._run(found(*positional, **named))
        return Blocking(found, self._run)


@contextmanager
def blocking(portal: FlowPortal, email: str) -> Iterator[Any]:
    """The asynchronous client of that account."""
    with asyncio.Runner() as runner:
        client = runner.run(portal.async_client(email).__aenter__())
        try:
            yield Blocking(client, runner.run)
        finally:
            runner.run(client.__aexit__(None, None, None))
