"""How often and after which pauses a busy endpoint is asked again. Pure but for a little chance."""

from __future__ import annotations

import random
from dataclasses import dataclass

from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

JITTER = 0.2
"""By which part of itself a pause may be longer, so that what was refused together doesn't come again together."""


@dataclass(frozen=True)
class Patience:
    """Asks up to `tries` times; the first pause takes `first` seconds, each later one twice as long as that before,
    none longer than `longest`."""

    tries: int = 4
    first: float = 1
    longest: float = 30

    def pause(self, tried: int, retry_after: str) -> float | None:
        """Seconds until the next try after `tried` of them, None to give up.

        `retry_after` is a header's value: seconds or a date. Who asks for more than `longest` isn't asked again.
        """
        asked = _seconds(retry_after)
        if tried >= self.tries or asked > self.longest:
            return None
        own = min(self.first * 2.0 ** (tried - 1), self.longest)
        return max(own * (1 + random.uniform(0, JITTER)), asked)  # noqa: S311 - spreads load, keeps no secret


def _seconds(retry_after: str) -> float:
    try:
        return Retry().parse_retry_after(retry_after)
    except (InvalidHeader, ValueError, OverflowError):  # none, or no time that exists
        return 0
