"""The process that converts one document: a fork of its keeper."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from portal.documents import failures
from portal.documents.child import confinement
from portal.documents.child.jobs import Job
from portal.documents.converting import Markdown, Source
from portal.documents.errors import as_failure
from portal.documents.failures import ConversionFailed

STANDARD_INPUT, STANDARD_OUTPUT, STANDARD_ERROR = 0, 1, 2


@dataclass(frozen=True)
class Lines:
    """Descriptors that a converter has of its keeper."""

    say: int
    """Where it says what came of its work."""
    log: int
    """Where goes what is printed on the way."""
    others: tuple[int, ...]
    """The keeper's own, which it must not have."""


def work(job: Job, convert: Callable[[Source], Markdown], lines: Lines, *, keeper: int) -> NoReturn:
    """Convert, say what came of it, and end. `keeper` is the parent's process id."""
    try:
        _say(lines.say, _answer(job, convert, lines, keeper))
    finally:
        os._exit(0)


def _answer(job: Job, convert: Callable[[Source], Markdown], lines: Lines, keeper: int) -> dict[str, object]:
    try:
        _redirect(lines)
        confinement.confine(job, keeper=keeper)
        return _converted(job, convert)
    except BaseException as error:  # libraries in Rust panic with errors of their own that aren't Exceptions
        failed = as_failure(error)
        return {"failure": failed.failure.key, "details": failed.details}


def _redirect(lines: Lines) -> None:
    for descriptor in lines.others:
        os.close(descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC), STANDARD_INPUT)
    os.dup2(lines.log, STANDARD_OUTPUT)
    os.dup2(lines.log, STANDARD_ERROR)


def _converted(job: Job, convert: Callable[[Source], Markdown]) -> dict[str, object]:
    markdown = convert(job.source)
    content = markdown.text.encode(errors="replace")  # halves of pairs that a PDF can contain have no bytes in UTF-8
    if len(content) > job.limits.output_bytes:
        raise ConversionFailed(failures.TOO_LONG, f"{len(content)} bytes of Markdown")
    job.markdown.write_bytes(content)
    return {"pages": markdown.pages, "notes": markdown.notes}


def _say(said: int, answer: dict[str, object]) -> None:
    content = json.dumps(answer).encode()
    while content:
        content = content[os.write(said, content) :]
