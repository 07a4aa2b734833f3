"""Looking after whether work is still wanted, and not more often than is of use."""

from __future__ import annotations

import time
from collections.abc import Callable

SECONDS = 0.25
"""Between two looks. Whoever cancels is told that nothing works on it any more two seconds later."""


class Watch:
    """Asks whether a claim is lost, at most four times a second; once it is, it stays so."""

    def __init__(self, is_lost: Callable[[], bool]) -> None:
        self._is_lost, self._answer, self._next = is_lost, False, time.monotonic() + SECONDS

    def is_cancelled(self) -> bool:
        """For generators."""
        if not self._answer and time.monotonic() >= self._next:
            self._answer = self._is_lost()
            self._next = time.monotonic() + SECONDS
        return self._answer
