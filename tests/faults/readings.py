"""Meter readings to import while things break, and what must be there afterwards: no more and no less."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

IMPORTERS = str(Path(__file__).with_name("importers.py"))
REFUSED_AMOUNT = 13
"""The importers allow it, the tables don't."""

COLUMNS = f"line INTEGER, meter INTEGER {{key}}, amount INTEGER CHECK (amount <> {REFUSED_AMOUNT})"
KEYED = {"newest": "update", "oldest": "skip", "strict": "fail"}
TABLES = (
    *(f"CREATE TABLE {table} ({COLUMNS.format(key='PRIMARY KEY')})" for table in KEYED),
    f"CREATE TABLE every ({COLUMNS.format(key='')})",
)
STRATEGIES = KEYED | {"every": "insert", "every-elsewhere": "insert"}
"""What each importer does with a key that comes again."""

Reading = tuple[int, str, str]
"""Line, meter and amount, as they stand in the file."""

Asked = Callable[..., list[tuple[Any, ...]]]


class Portal(Protocol):
    """Whose database can be asked, values marked by `?`."""

    rows: Asked


@dataclass
class Outcome:
    """What reading from top to bottom gives: the table's rows by key, the lines that fail, how many are skipped."""

    table: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    failed: list[int] = field(default_factory=list)
    skipped: int = 0


def some_readings(count: int, chance: random.Random) -> list[Reading]:
    """Of every hundred some come again, some are wrong and some are refused by the table."""
    return [(line, str(_meter(line, count, chance)), _amount(chance)) for line in range(1, count + 1)]


def _meter(line: int, count: int, chance: random.Random) -> int:
    return chance.randint(1, count) if chance.random() < 0.03 else line


def _amount(chance: random.Random) -> str:
    found = chance.random()
    return "unknown" if found < 0.01 else str(REFUSED_AMOUNT) if found < 0.012 else str(chance.randint(14, 10_000))


def as_csv(readings: Iterable[Reading]) -> str:
    return "line,meter,amount\n" + "".join(f"{line},{meter},{amount}\n" for line, meter, amount in readings)


def read_row_by_row(readings: Iterable[Reading], slug: str) -> Outcome:
    outcome, strategy = Outcome(), KEYED.get(slug, "insert")
    for line, meter, amount in readings:
        key = line if strategy == "insert" else int(meter)
        if not amount.isdigit() or (strategy == "fail" and key in outcome.table):
            outcome.failed.append(line)
        elif strategy == "skip" and key in outcome.table:
            outcome.skipped += 1
        elif int(amount) == REFUSED_AMOUNT:
            outcome.failed.append(line)
        else:
            outcome.table[key] = (line, int(meter), int(amount))
    return outcome


def check(portal: Portal, run_id: int, slug: str, readings: list[Reading], *, asked: Asked | None = None) -> None:
    """The run's counts, those of its chunks, the failed rows, their causes and the table all say the same, and what is
    expected. `asked` is the database of the table where it isn't the portal's own."""
    expected = read_row_by_row(readings, slug)
    [said] = portal.rows("SELECT status, error, successful, failed, skipped FROM ingest_runs WHERE id = ?", run_id)
    table = (asked or portal.rows)(f"SELECT line, meter, amount FROM {slug.partition('-')[0]} ORDER BY line")
    assert table == sorted(expected.table.values()), f"{said}, {len(table)} rows instead of {len(expected.table)}"
    failed = [row[0] for row in portal.rows("SELECT row_number FROM ingest_rows WHERE run_id = ? ORDER BY 1", run_id)]
    assert failed == expected.failed

    counts = (len(readings) - len(failed) - expected.skipped, len(failed), expected.skipped)
    run = "SELECT total, status, successful, failed, skipped FROM ingest_runs WHERE id = ?"
    status = "completed_with_errors" if failed else "completed"
    assert portal.rows(run, run_id) == [(len(readings), status, *counts)]
    chunks = "SELECT sum(successful), sum(failed), sum(skipped) FROM ingest_chunks WHERE run_id = ?"
    assert portal.rows(chunks, run_id) == [counts]
    causes = "SELECT coalesce(sum(count), 0) FROM ingest_error_groups WHERE run_id = ?"
    errors = "SELECT count(*) FROM ingest_row_errors JOIN ingest_error_groups g ON g.id = group_id WHERE run_id = ?"
    assert portal.rows(causes, run_id) == portal.rows(errors, run_id) == [(len(failed),)]
