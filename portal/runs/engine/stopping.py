"""When failed rows keep others from going in, and what is said then. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from portal.errors import PortalError
from portal.importers import Definition, OnDuplicate
from portal.importers.conduct import Transaction
from portal.runs.engine.choosing import Choice
from portal.runs.models import IngestRun


def exceeds_failures(run: IngestRun, failed: int) -> bool:
    """Whether the run stops with so many `failed` rows."""
    return run.stop_after is not None and failed > run.stop_after


def takes_all_or_nothing(definition: Definition | None) -> bool:
    return definition is not None and definition.conduct.transaction == Transaction.RUN


class TooManyFailed(PortalError):
    """The run stops, since too many of its rows failed."""

    def __init__(self, run: IngestRun, definition: Definition | None) -> None:
        most = run.stop_after or 0
        stopped = f"Stopped after {run.failed:,} failed rows, since the importer takes at most {most:,}"
        what_is_in = "nothing was imported." if run.all_or_nothing else f"{run.successful:,} rows are in.{_left(run)}"
        super().__init__(f"{stopped}; {what_is_in}", fix=_fix(run, definition))


class NothingIn(PortalError):
    """An all-or-nothing run has failed rows, so none of its rows goes in."""

    def __init__(self, failed: int) -> None:
        rows = "1 row failed" if failed == 1 else f"{failed:,} rows failed"
        super().__init__(
            f"{rows}, so nothing was imported: this importer takes all rows of a file or none.",
            fix="Correct the failed rows here and retry, which imports the whole file; or import the mended file.",
        )


@dataclass(frozen=True)
class Retried:
    """What a retry of `parent` takes: the `count` rows of `choice`. `like` is the message of its error group, if it
    names one."""

    parent: IngestRun
    choice: Choice
    count: int
    like: str = ""

    @property
    def announced(self) -> str:
        """For the timeline of the retry."""
        if self.choice.rows:
            return f"Retries {_counted(self.count, 'chosen row')} of run {self.parent.id}."
        if self.choice.error:
            rows = _counted(self.count, "open row")
            return f"Retries the {rows} of run {self.parent.id} that failed like “{self.like}”."
        return _all_that_is_open(self.parent)

    def noted(self, run: IngestRun) -> str:
        """For the timeline of the parent, where `run` is the retry."""
        kind = f"dry run {run.id}" if run.dry_run else f"run {run.id}"
        verb = "is" if self.count == 1 else "are"
        if self.choice.error:
            return f"{_counted(self.count, 'row')} that failed like “{self.like}” {verb} retried as {kind}."
        rows = _counted(self.count, "chosen row" if self.choice.rows else "failed row")
        return f"{rows} {verb} retried as {kind}."


def name_of_choice(parent: IngestRun, choice: Choice) -> str:
    """What a retry of `parent` has for a source, in some words."""
    if choice.rows:
        return f"{_counted(len(choice.rows), 'chosen row')} of run {parent.id}"
    return f"Failed rows of run {parent.id}" + (f" ({choice.error})" if choice.error else "")


def _all_that_is_open(run: IngestRun) -> str:
    """What a retry of all that is open of `run` takes, and what it doesn't, in words."""
    if run.all_or_nothing:
        return f"Retries all rows of run {run.id}, of which {run.open_failures:,} failed."
    left = _not_looked_at(run)
    beside = f" What that run didn't look at is no part of it: {left}." if left else ""
    return f"Retries {run.open_failures:,} failed rows of run {run.id}.{beside}"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _not_looked_at(run: IngestRun) -> str:
    """What of the file a run that has ended never came to; empty where it came to its end."""
    if run.total is None:
        return "the rest of the file"
    left = run.total - run.processed
    return f"{left:,} rows" if left else ""


def _left(run: IngestRun) -> str:
    left = _not_looked_at(run)
    return f" What was not looked at: {left}." if left else " All rows of the file were looked at."


def _fix(run: IngestRun, definition: Definition | None) -> str:
    if run.all_or_nothing or not run.successful or definition is None:
        return "Mend the file, then import it again."
    if not definition.key:
        return "Mend the file, take out the rows that are in, then import it: without a key nothing tells them apart."
    if definition.on_duplicate == OnDuplicate.FAIL:
        return "Mend the file, then import it again. Rows that are in already will be told as duplicates."
    return "Mend the file, then import it again: rows that are in already are known by their key."
