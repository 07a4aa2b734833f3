"""Who acts."""

from __future__ import annotations

from typing import NamedTuple


class _CommandLine(NamedTuple):
    id: int | None = None
    email: str = "command line"


COMMAND_LINE = _CommandLine()
"""Who did it, for the timeline: whoever may run commands here has no account to name."""
