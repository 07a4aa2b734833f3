"""Why a source can't be fetched, in words for the operator."""

from __future__ import annotations


class SourceProblem(Exception):
    """It can't be fetched, now or later, until someone changes something: `message` says what is wrong, `fix` what to
    do. Neither ever holds a password."""

    def __init__(self, message: str, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix


class PassingProblem(SourceProblem):
    """Trouble that may be over in a moment, such as a server that is busy or a connection that was cut."""

    def __init__(self, message: str, fix: str = "Import it again once the source can be reached.") -> None:
        super().__init__(message, fix)
