"""Getting the Markdown of claimed documents, with the reason where it can't be had."""

from __future__ import annotations

from sqlalchemy import select

from portal.alignment.engine.claims import Batch, SourceClaim
from portal.alignment.engine.context import Context
from portal.alignment.engine.failures import words_of
from portal.alignment.generating.pairs import Document, GenerationFailed
from portal.database import AnySession
from portal.documents.failures import EMPTY, ConversionFailed
from portal.documents.texts.decoding import utf8_of
from portal.errors import OutOfReach
from portal.files.models import StoredFile

START_AGAIN = "Start again without it, or with a file in its place."


def storage_keys(session: AnySession, batch: Batch) -> dict[str, str]:
    """Where the store has the contents of the claimed files, by their ids; those that were deleted are left out. One
    query."""
    file_ids = [claim.file_id for claim in batch.claims]
    found = dict(
        iter(session.execute(select(StoredFile.id, StoredFile.storage_key).where(StoredFile.id.in_(file_ids))))
    )
    session.commit()
    return found


def read(context: Context, claim: SourceClaim, key: str | None) -> Document:
    """The document; its text is empty where there is nothing but white space in it. Raises GenerationFailed."""
    if key is None:
        raise GenerationFailed(f"{claim.name} is gone: its Markdown was deleted.", fix=START_AGAIN)
    try:
        with context.storage.at_hand(key, context.own_folder) as path:
            return Document(claim.name, utf8_of(path))
    except ConversionFailed as error:
        if error.failure == EMPTY:
            return Document(claim.name, "")
        raise GenerationFailed(f"{claim.name} can't be read: {error.failure.message}", fix=error.failure.fix) from error
    except FileNotFoundError as error:
        message = f"The contents of {claim.name} are gone from the store."
        raise GenerationFailed(message, fix=START_AGAIN) from error
    except (OSError, OutOfReach) as error:
        message, fix = words_of(error)
        raise GenerationFailed(message, fix=fix, passes=True) from error
