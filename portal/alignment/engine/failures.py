"""What keeps files from being read or written, in words."""

from __future__ import annotations

from portal.errors import OutOfReach
from portal.files.room import FULL


def words_of(error: OSError | OutOfReach) -> tuple[str, str]:
    """What is wrong, and what to do about it."""
    if isinstance(error, OutOfReach):
        return error.detail, error.fix
    if error.errno in FULL:
        return "The portal's disk is full.", "Ask your administrator to free some space, then start again."
    reason = error.strerror or type(error).__name__
    return f"The portal can't get at its files: {reason}.", "Tell your administrator, then start again."
