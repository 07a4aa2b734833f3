"""What the engine is given by its callers, so that it needs to know neither Flask nor Huey."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from portal.alignment.generating.pairs import Generator
from portal.database import AnySession
from portal.files.storage import Storage
from portal.leases import Claimant
from portal.worker_folders import folder_of


@dataclass(frozen=True)
class Context:
    """The parts that alignment needs. `documents` is how many a worker takes at a time, at most; `folder` is where the
    workers of this machine keep what they have in hand, each in a folder of its name; `wake` has idle workers look for
    work, that many at most; `is_ending` says that this worker is to begin nothing more."""

    session: AnySession
    storage: Storage
    by: Claimant
    generator: Generator
    documents: int
    folder: Path
    wake: Callable[[int], object]
    is_ending: Callable[[], bool]

    @property
    def own_folder(self) -> Path:
        """What this worker has in hand is in here."""
        return folder_of(self.folder, self.by.worker)
