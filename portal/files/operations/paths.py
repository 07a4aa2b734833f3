"""Files of this machine for the library."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from flask import current_app
from werkzeug.datastructures import FileStorage

from portal.accounts.models import User
from portal.files.models import StoredFile
from portal.files.operations.keeping import copied
from portal.files.operations.library import add_all


def add_paths(paths: Sequence[Path], *, actor: User) -> list[StoredFile]:
    """Keep copies of these files in the library, for data jobs; all or none, in their order. Raises as `add_all`, and
    BadInput for one that can't be read."""
    with ExitStack() as copies:
        return add_all([_upload(path, copies) for path in paths], actor=actor)


def _upload(path: Path, copies: ExitStack) -> FileStorage:
    """A copy as if it had been uploaded: gone afterwards, unless it was taken into the store."""
    incoming = copies.enter_context(closing(copied(path, current_app.config["PORTAL"].data_dir / "incoming")))
    return FileStorage(incoming, filename=path.name)  # type: ignore[arg-type]  # it has what is asked of a stream
