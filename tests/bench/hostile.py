"""What the hostile documents take under the limits that workers set. Only the clock is shorter, since some
take all the time there is."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from portal.documents.child.children import Children, Limits
from portal.documents.child.ends import FailedInChild
from portal.documents.failures import ConversionFailed
from portal.documents.methods import Method
from tests.bench.results import Result
from tests.support.hostile import CONVERTED, DOCUMENTS, Hostile
from tests.support.processes import descendants

LIMITS = Limits(seconds=30)


@dataclass(frozen=True)
class Taken:
    """One document, and what came of it."""

    name: str
    outcome: str
    is_expected: bool
    seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class Outcomes:
    """All of them: whether each came to an end that it may come to, and what the worst took."""

    taken: list[Taken]

    @property
    def reached(self) -> bool:
        return all(each.is_expected for each in self.taken)

    def table(self) -> str:
        lines = (
            f"  {each.name:<65}{each.outcome:<20}{each.seconds:>8.2f} s{each.peak_bytes >> 20:>7} MiB"
            f"{'' if each.is_expected else '   NOT EXPECTED'}"
            for each in self.taken
        )
        return "\n".join(["hostile documents", *lines])

    def summary(self) -> str:
        slowest = max(self.taken, key=lambda each: each.seconds)
        largest = max(self.taken, key=lambda each: each.peak_bytes)
        expected = sum(each.is_expected for each in self.taken)
        return (
            f"| {len(self.taken)} hostile documents | each its sentence | **{expected}** | at most"
            f" {slowest.seconds:.0f} s ({slowest.name}) and {largest.peak_bytes >> 20} MiB ({largest.name}) |"
        )


def measure(folder: Path) -> Iterator[Result]:
    """Each document by each method that differs for it."""
    with closing(Children()) as children:
        yield Outcomes(
            [
                taken(children, name, document, method, folder)
                for name, document in DOCUMENTS.items()
                for method in document.methods
            ]
        )


def taken(children: Children, name: str, document: Hostile, method: Method, folder: Path) -> Taken:
    source = folder / "document"
    document.write(source)
    memory = Memory()
    started = time.perf_counter()
    try:
        converted = children.convert(
            source, kind=document.kind, method=method, folder=folder, limits=LIMITS, is_cancelled=memory.look
        )
        outcome, peak = CONVERTED, converted.peak_bytes
    except FailedInChild as failed:
        outcome, peak = failed.failure.key, failed.end.peak_bytes
    except ConversionFailed as failed:  # it was stopped, so that nobody could say what it took
        outcome, peak = failed.failure.key, memory.peak_bytes
    seconds = time.perf_counter() - started
    return Taken(f"{name}, {method}", outcome, outcome in document.outcomes, seconds, peak)


class Memory:
    """The most that any process of ours has had, as far as somebody looked."""

    peak_bytes = 0

    def look(self) -> bool:
        """Passes for the question whether the conversion is cancelled."""
        for process in descendants(os.getpid()):
            with suppress(OSError, StopIteration):
                lines = Path(f"/proc/{process}/status").read_text().splitlines()
                line = next(line for line in lines if line.startswith("VmHWM:"))
                self.peak_bytes = max(self.peak_bytes, int(line.split()[1]) << 10)
        return False
