"""LibreOffice, as a program: turns older kinds of documents into newer ones."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from portal.documents import failures
from portal.documents.converting import Source
from portal.documents.errors import says_out_of_memory
from portal.documents.failures import ConversionFailed
from portal.documents.kinds import Kind

PROGRAM = "soffice"

_NOT_LOADED = "could not be loaded"
_FILTERS = {Kind.DOC: "MS Word 97", Kind.PPT: "MS PowerPoint 97", Kind.RTF: "Rich Text Format"}
"""Named, since what it doesn't recognise it takes for a text in some encoding."""


def converted(source: Source, kind: Kind, *, unreadable: failures.Failure = failures.OFFICE_DAMAGED) -> Source:
    """The document as a file of another kind, in `source.folder`. The program is one of the caller's process group, so
    that whoever ends that ends it, too. Raises ConversionFailed: not installed, or `unreadable`."""
    program = shutil.which(PROGRAM)
    if program is None:
        raise ConversionFailed(failures.CONVERTER_MISSING)
    given = source.folder / f"given.{source.kind}"  # it goes by the suffix, and writes beside others of the same stem
    given.symlink_to(source.path.resolve())
    result = source.folder / f"converted.{kind}"
    done = _run(program, given, source.kind, kind, source.folder)
    made = source.folder / "made" / f"given.{kind}"
    if not made.exists():
        raise _failure(done, unreadable)
    folder = source.folder / "read"
    folder.mkdir()
    return Source(made.rename(result), kind, source.method, folder)


def _run(program: str, given: Path, kind: Kind, wanted: Kind, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """A profile of its own, since two that run at once can't share one; it runs no macros when it converts."""
    profile = (folder / "profile").resolve().as_uri()
    return subprocess.run(  # noqa: S603 - a program of the system, and no shell
        [
            *(program, "--headless", "--norestore", "--nolockcheck", f"-env:UserInstallation={profile}"),
            *(f"--infilter={_FILTERS[kind]}", "--convert-to", wanted.value),
            *("--outdir", str(folder / "made"), str(given)),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


def _failure(done: subprocess.CompletedProcess[bytes], unreadable: failures.Failure) -> ConversionFailed:
    """It ends with 0 when it couldn't read a file, with something else when it couldn't do its work."""
    said = (done.stdout + done.stderr).decode(errors="replace")[-500:]
    details = f"LibreOffice ended with {done.returncode}: {said}"
    if says_out_of_memory(said):
        return ConversionFailed(failures.TOO_MUCH_MEMORY, details)
    could_start = done.returncode == 0 or _NOT_LOADED in said
    return ConversionFailed(unreadable if could_start else failures.INTERNAL, details)
