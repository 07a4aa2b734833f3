"""What the engine is given by its callers, so that it needs to know neither Flask nor Huey."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from portal.database import AnySession
from portal.documents.child.children import Converted
from portal.documents.kinds import Kind
from portal.documents.methods import Method
from portal.files.storage import Storage
from portal.leases import Claimant
from portal.worker_folders import folder_of


class Convert(Protocol):
    """Converts a document in a child process. Raises ConversionFailed, and Cancelled once `is_cancelled` says so."""

    def __call__(
        self, source: Path, *, kind: Kind, method: Method, folder: Path, is_cancelled: Callable[[], bool]
    ) -> Converted: ...


@dataclass(frozen=True)
class Context:
    """The parts that the work on file records needs. `folder` is where the workers of this machine keep what they have
    in hand, each in a folder of its name; `wake` has idle workers look for records, that many at most."""

    session: AnySession
    storage: Storage
    by: Claimant
    convert: Convert
    folder: Path
    wake: Callable[[int], object]

    @property
    def own_folder(self) -> Path:
        """What this worker has in hand is in here."""
        return folder_of(self.folder, self.by.worker)
