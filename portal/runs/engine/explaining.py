"""What has stopped a run, or only delays it: errors as the operator is told of them. Pure."""

from __future__ import annotations

import errno
import re

from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from portal.errors import NoRoom, OutOfReach, PortalError
from portal.reading import UnreadableFile
from portal.runs.engine.sources import ImporterGone
from portal.sources import SourceProblem
from portal.target_databases import UnknownDatabase

FULL = (
    "The disk is full.",
    "What was imported stays. Ask your administrator to free some space, then import the file again.",
)

ASK_AUTHOR = "Ask the importer's author to mend it, then import the file again."


class TriedTooOften(Exception):
    """Worker after worker has died while it was at the same piece of work."""


def is_passing(error: Exception) -> bool:
    """Trouble of the machine, not of the rows or the importer: the same work may succeed a little later."""
    return isinstance(error, OSError | OutOfReach) or (isinstance(error, OperationalError) and not _misfit(error))


def is_away(error: Exception) -> bool:
    """Whether the database or the storage is away: even a file of which no row is staged waits until it is back. What
    else passes, such as a full disk, is told at once, since nothing is lost yet."""
    return is_passing(error) and isinstance(error, OperationalError | OutOfReach) and not _is_full_disk(error)


def is_expected(error: Exception) -> bool:
    """Whether `error` says all that is to be known of it, so that the log needn't."""
    return isinstance(
        error, UnreadableFile | ImporterGone | UnknownDatabase | FileNotFoundError | SourceProblem | PortalError
    )


def explain(error: Exception) -> tuple[str, str]:
    """`error` in words: what is wrong, and what to do."""
    match error:
        case UnreadableFile() | SourceProblem():
            return error.message, error.fix
        case ImporterGone():
            return f"There is no importer called {error} any more.", "Ask your administrator to bring it back."
        case UnknownDatabase():
            return f"The portal knows no database called {error}.", "Ask your administrator to name it in the settings."
        case FileNotFoundError():
            return "The uploaded file is gone from the portal's storage.", "Upload it again."
        case TriedTooOften():
            return (
                "The workers ended again and again while they were at this file.",
                "What was imported stays. Ask your administrator whether they run out of memory.",
            )
        case _ if _is_full_disk(error):
            return FULL
        case PortalError():
            return error.detail, error.fix
        case DBAPIError():
            return _explain_database(error)
        case _:
            return (
                "The import broke because of an error in the portal or in the importer.",
                "What was imported stays. Ask your administrator to look into the log, then import the file again.",
            )


def _explain_database(error: DBAPIError) -> tuple[str, str]:
    words = str(error.orig).partition("\n")[0]
    if missing := _MISSING_TABLE.search(words):
        table = (missing[1] or missing[2]).removeprefix("main.")
        return f"The database has no table called {table}.", "Create it, then import the file again."
    if _misfit(error):
        return f"The importer doesn't fit its table: {words}.", ASK_AUTHOR
    return f"The database could not be used: {words}.", "Wait a moment, then import the file again."


_MISSING_TABLE = re.compile(r'^no such table: (\S+)|^relation "([^"]+)" does not exist')


def _is_full_disk(error: Exception) -> bool:
    match error:
        case NoRoom() | OSError(errno=errno.ENOSPC | errno.EDQUOT | errno.EFBIG):
            return True
        case OperationalError():
            return any(part in str(error.orig) for part in ("is full", "No space left on device"))
    return False


def _misfit(error: DBAPIError) -> bool:
    """Whether an importer and its table don't go together. PostgreSQL has a kind of error for it, SQLite words."""
    return isinstance(error, ProgrammingError) or any(part in str(error.orig) for part in _MISFITS)


_MISFITS = ("no such table", "no such column", "no column named", "ON CONFLICT clause does not match", "cannot modify")
