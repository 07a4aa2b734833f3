"""What became of a chunk's rows: what the portal's books are to say. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

import polars as pl

from portal.importers import Definition
from portal.runs.engine import rules
from portal.runs.engine.frames import ROW
from portal.runs.engine.rules import Failure
from portal.runs.engine.target import Refusal, Written
from portal.runs.engine.validating import FailedCells


@dataclass(frozen=True)
class Outcome:
    """The failures of a chunk, and how many of its rows were left out on purpose; `left_out` are the numbers of these
    where the importer follows its rows, and of those that a hook left out in any case."""

    failed: list[FailedCells] = field(default_factory=list)
    skipped: int = 0
    left_out: list[int] = field(default_factory=list)

    @property
    def failed_rows(self) -> pl.Series:
        """The number of each failed row once."""
        nothing = pl.Series(ROW, [], dtype=pl.Int64)
        return pl.concat([nothing, *(cells.rows for cells in self.failed)]).unique()

    def to_json(self) -> str:
        failed = [
            {"failure": asdict(cells.failure), "rows": cells.rows.to_list(), "values": cells.values.to_list()}
            for cells in self.failed
        ]
        return json.dumps({"failed": failed, "skipped": self.skipped, "left_out": self.left_out})

    @classmethod
    def from_json(cls, text: str) -> Outcome:
        kept = json.loads(text)
        failed = [_cells(Failure(**entry["failure"]), entry["rows"], entry["values"]) for entry in kept["failed"]]
        return cls(failed, kept["skipped"], kept.get("left_out", []))


def outcome_of(
    judged: Sequence[FailedCells],
    left_out: Sequence[int],
    written: Written,
    good: pl.DataFrame,
    definition: Definition,
) -> Outcome:
    """Put together what validation and hooks said (which rows failed, which were left out) and what the table said;
    `good` are the rows that were to be written."""
    failed = [*judged, *_duplicates(written, good, definition), *_refused(written.refused)]
    return Outcome(failed, len(left_out) + written.skipped, [*left_out, *written.left_out])


def _duplicates(written: Written, good: pl.DataFrame, definition: Definition) -> Iterable[FailedCells]:
    if written.duplicates:
        again = good.filter(pl.col(ROW).is_in(written.duplicates))
        parts = [pl.col(name).cast(pl.String) for name in definition.key]
        keys = again.select(pl.concat_str(parts, separator=", ", ignore_nulls=True).alias("value")).to_series()
        yield FailedCells(rules.duplicate(definition.key), again[ROW], keys)


def _refused(refused: Sequence[tuple[int, Refusal]]) -> Iterable[FailedCells]:
    by_key: dict[str, tuple[Failure, list[int]]] = {}
    for number, refusal in refused:
        failure = refusal.failure
        by_key.setdefault(failure.key, (failure, []))[1].append(number)
    for failure, numbers in by_key.values():
        yield _cells(failure, numbers, [None] * len(numbers))


def _cells(failure: Failure, rows: Sequence[int], values: Sequence[str | None]) -> FailedCells:
    return FailedCells(failure, pl.Series(ROW, rows, dtype=pl.Int64), pl.Series("value", values, dtype=pl.String))
