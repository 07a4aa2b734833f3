"""Which files of a data job are meant. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from portal.datajobs.cli.texts import Json, is_open
from portal.errors import BadInput


def among(files: Sequence[Json], file_ids: Collection[str]) -> list[Json]:
    """Those of the files of a job that have these ids."""
    return [file for file in files if file["file_id"] in file_ids]


def named(files: Sequence[Json], names: Sequence[str]) -> list[Json]:
    """The files of a job that are meant by their ids or names. Raises BadInput for one that isn't there, and for a name
    that several have."""
    return [_named(files, name) for name in dict.fromkeys(names)]


def to_retry(files: Sequence[Json], names: Sequence[str]) -> list[Json]:
    """Those of the files that are to be converted again: all that failed or were cancelled, or those that are named.
    Raises BadInput as `named`, and for one that has not failed."""
    chosen = named(files, names) if names else [file for file in files if is_open(file)]
    for file in chosen:
        if not is_open(file):
            raise BadInput(f"{file['name']} has not failed, so it can't be retried.")
    return chosen


def _named(files: Sequence[Json], name: str) -> Json:
    found = among(files, {name}) or [file for file in files if file["name"] == name]
    if not found:
        raise BadInput(f"The data job has no file {name}.", fix="portal jobs show lists its files.")
    if len(found) > 1:
        raise BadInput(f"{len(found):,} files of the data job are called {name}.", fix="Name the file by its id.")
    return found[0]
