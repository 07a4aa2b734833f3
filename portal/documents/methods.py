"""The two ways to convert a document."""

from __future__ import annotations

from enum import StrEnum


class Method(StrEnum):
    """How a document is converted; the values are those of the reference."""

    SPEED = "speed-optimized"
    ACCURACY = "accuracy-optimized"


OLDER_NAMES = {"best": Method.ACCURACY}
"""What the public client can still send."""


def method_named(name: str) -> Method | None:
    """The method of that name, an older one included; None where there is none."""
    return OLDER_NAMES.get(name) or (Method(name) if name in set(Method) else None)
