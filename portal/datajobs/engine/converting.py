"""Converting what waits: claim a record, bring its file here, have a child process convert it, settle."""

from __future__ import annotations

import logging
import tempfile
import threading
from pathlib import Path

from sqlalchemy import and_, select

from portal.accounts.models import User
from portal.accounts.permissions import can_see
from portal.datajobs.engine import settling
from portal.datajobs.engine.claims import Claim, claim_next, is_lost
from portal.datajobs.engine.context import Context
from portal.datajobs.models import FileRecord
from portal.documents.child.children import Cancelled, Converted
from portal.documents.failures import NOT_FOUND, UNAVAILABLE, UNSUPPORTED, ConversionFailed
from portal.documents.kinds import Kind
from portal.documents.methods import Method
from portal.errors import OutOfReach
from portal.files.models import StoredFile
from portal.leases import at_work

log = logging.getLogger(__name__)

_turn = threading.Lock()
"""A worker process converts one document at a time, in a child that uses a core: its other threads stay free for
imports, which else would wait behind hundreds of documents."""


def convert_waiting(context: Context) -> None:
    """Convert what waits until nothing does. Does nothing while another thread of this process is at it: that one finds
    what was added meanwhile. Failures are kept on the records, never raised."""
    while _turn.acquire(blocking=False):
        try:
            found = _convert_all(context)
        finally:
            _turn.release()
        if not found:  # otherwise a record may have been added while this thread still had the turn
            return


def _convert_all(context: Context) -> bool:
    found = False
    while (claim := claim_next(context.session, context.by)) is not None:
        found = True
        with at_work(FileRecord, claim.record_id):
            _convert(context, claim)
    return found


def _convert(context: Context, claim: Claim) -> None:
    try:
        with tempfile.TemporaryDirectory(dir=context.own_folder, prefix="record-") as folder:
            settling.complete(context, claim, _converted(context, claim, Path(folder)))
    except Cancelled:
        log.info("Record %s was cancelled or removed", claim.record_id)
    except ConversionFailed as error:
        _settle_failure(context, claim, error)
    except (OSError, OutOfReach) as error:
        log.warning("Record %s: %s", claim.record_id, error)
        _settle_failure(context, claim, ConversionFailed(UNAVAILABLE, str(error)))


def _converted(context: Context, claim: Claim, folder: Path) -> Converted:
    """The document, converted by a child process. Raises ConversionFailed, Cancelled, OSError."""
    method, file = _what_to_convert(context, claim)
    if file.kind is None or file.kind not in set(Kind):
        raise ConversionFailed(UNSUPPORTED)
    kind, key = Kind(file.kind), file.storage_key
    context.session.commit()  # no transaction stays open while a document is converted, which may take minutes
    try:
        with context.storage.at_hand(key, folder) as source:
            return context.convert(
                source, kind=kind, method=method, folder=folder, is_cancelled=lambda: is_lost(context.session, claim)
            )
    except FileNotFoundError as error:
        raise ConversionFailed(NOT_FOUND) from error


def _what_to_convert(context: Context, claim: Claim) -> tuple[Method, StoredFile]:
    """How, and which file. Raises ConversionFailed where it is gone, or isn't one that who handed it in may see,
    Cancelled where the record is gone with its job."""
    query = select(FileRecord.method, User, StoredFile).join(User, User.id == FileRecord.user_id)
    query = query.outerjoin(StoredFile, and_(StoredFile.id == FileRecord.file_id, StoredFile.purpose.is_not(None)))
    found = context.session.execute(query.where(FileRecord.id == claim.record_id)).one_or_none()
    if found is None:
        raise Cancelled
    method, user, file = found
    if file is None or not can_see(user, file.user_id):
        raise ConversionFailed(NOT_FOUND)
    return Method(method), file


def _settle_failure(context: Context, claim: Claim, error: ConversionFailed) -> None:
    if error.details:
        log.warning("Record %s can't be converted: %s", claim.record_id, error)
    if not (error.failure.passes and settling.pause(context, claim)):
        settling.fail(context, claim, error.failure)
