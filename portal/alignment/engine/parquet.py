"""The Parquet twin of a file of JSON Lines."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.alignment.generating.pairs import Cancelled

if TYPE_CHECKING:
    import polars

BYTES = 1 << 20
"""So much of the lines is read at a time."""

ROWS = 5_000
"""In a row group. With these, memory stays the same however long the file is."""

SECONDS = 0.25
"""Between two looks whether it is still wanted."""


def write_twin(lines: Path, target: Path, metadata: Mapping[str, type], is_cancelled: Callable[[], bool]) -> None:
    """Write the rows of the file `lines`, in its order, as Parquet to `target`. `metadata` are names and types of what
    is said of each. Raises Cancelled, OSError."""
    stopping = threading.Event()
    with ThreadPoolExecutor(1) as thread:
        written = thread.submit(_write, lines, target, _schema(metadata), stopping)
        _watch(written, stopping, is_cancelled)
    if stopping.is_set():
        raise Cancelled
    written.result()


def _watch(written: Future[None], stopping: threading.Event, is_cancelled: Callable[[], bool]) -> None:
    """Polars doesn't come back before all is written, so someone else has to look."""
    while not wait([written], timeout=SECONDS).done:
        if is_cancelled():
            stopping.set()
            return


def _write(lines: Path, target: Path, schema: dict[str, Any], stopping: threading.Event) -> None:
    from polars.exceptions import PolarsError  # workers alone may load it
    from polars.io.plugins import register_io_source

    def frames(*_wanted: object) -> Iterator[polars.DataFrame]:
        return _frames(lines, schema, stopping)

    try:
        register_io_source(frames, schema=schema).sink_parquet(target, row_group_size=ROWS)
    except PolarsError as error:
        raise _disk_error(error) or error from error


def _frames(lines: Path, schema: dict[str, Any], stopping: threading.Event) -> Iterator[polars.DataFrame]:
    import polars

    with lines.open("rb") as file:
        while (some := file.readlines(BYTES)) and not stopping.is_set():
            yield polars.read_ndjson(b"".join(some), schema=schema)


def _schema(metadata: Mapping[str, type]) -> dict[str, Any]:
    import polars

    types: dict[type, Any] = {str: polars.String, int: polars.Int64, list: polars.List(polars.String)}
    message = polars.Struct({"role": polars.String, "content": polars.String})
    about = {name: types[kind] for name, kind in metadata.items()}
    return {"messages": polars.List(message), "metadata": polars.Struct(about)}


def _disk_error(error: Exception) -> OSError | None:
    """What Polars tells of the disk in a sentence, as the error that it is."""
    found = re.search(r"\(os error (\d+)\)", str(error))
    return OSError(int(found[1]), os.strerror(int(found[1]))) if found else None
