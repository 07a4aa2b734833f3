"""What the engine is given by its callers, so that it needs to know neither Flask nor Huey."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection

from portal.database import AnySession
from portal.files.storage import Storage
from portal.importers import Definition
from portal.leases import Claimant
from portal.sources import Reach


class Enqueue(Protocol):
    """Puts work into the queue by id. It may be lost or come twice: the database is the truth."""

    def __call__(self, work_id: int, /) -> object: ...


@dataclass(frozen=True)
class Context:
    """The parts that every step of a run needs. `chunk_rows` is the most rows that a chunk may have; `connect` opens
    one of the databases that `PORTAL_DATABASES` names."""

    session: AnySession
    storage: Storage
    by: Claimant
    find_importer: Callable[[str], Definition | None]
    enqueue_staging: Enqueue
    enqueue_chunk: Enqueue
    enqueue_last_step: Enqueue
    announce_end: Callable[[AnySession, int], None]
    """Notes down who is to be told that a run has ended, in the transaction in which it does."""
    enqueue_announced: Enqueue
    """Has it sent, by the id of the run, once that is committed."""
    connect: Callable[[str], AbstractContextManager[Connection]]
    chunk_rows: int
    reach: Reach
    """To where and for how long the files of importers are fetched."""
    incoming: Path
    """The folder in which they are gathered."""
