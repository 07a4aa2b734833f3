"""Files that commands write."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from portal.errors import BadInput


def save(path: Path, blocks: Iterable[bytes]) -> None:
    """Write a download to `path`, all or nothing: half of one looks like a whole one. What is no plain file, as a pipe,
    is written to. Raises BadInput."""
    path = path.resolve()
    is_plain = path.is_file() or not path.exists()
    part = path.with_name(f"{path.name}.{os.getpid()}.part") if is_plain else path
    try:
        with part.open("wb") as file:
            file.writelines(blocks)
        if is_plain:
            part.replace(path)
    except OSError as error:
        raise BadInput(f"{path} can't be written: {error.strerror}.") from error
    finally:
        if is_plain:
            part.unlink(missing_ok=True)
