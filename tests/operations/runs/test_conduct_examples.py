"""The examples of docs/importers.md that say how a run goes on do what stands beneath them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from portal.importers import find_importer
from portal.lifecycle import RunStatus
from portal.runs import queries
from tests.support.lab import Lab, counts

DOCUMENT = (Path(__file__).parents[3] / "docs" / "importers.md").read_text()
EXAMPLES = [
    code
    for code in re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    if any(f"class {name}(" in code for name in ("Deliveries", "Ledger"))
]


@pytest.fixture
def app(make_app: Callable[..., Flask], tmp_path: Path) -> Flask:
    (tmp_path / "examples.py").write_text("\n".join(EXAMPLES))
    return make_app(importers=(str(tmp_path / "examples.py"),))


def test_hooks_for_a_run_and_its_chunks(lab: Lab) -> None:
    lab.write("CREATE TABLE deliveries (code TEXT PRIMARY KEY, weight DOUBLE PRECISION)")
    lab.write("CREATE TABLE delivery_notes (first TEXT, rows INTEGER)")
    lab.write("INSERT INTO deliveries VALUES ('old', 1)")
    content = "code,weight\nb,1.26\na,2\nc,\n"
    rehearsed = lab.run("deliveries", content, dry_run=True)
    assert lab.rows("SELECT code FROM deliveries") == [("old",)]
    run = lab.run("deliveries", content)
    assert counts(rehearsed) == counts(run) == (3, 2, 0, 1)
    assert lab.rows("SELECT code, weight FROM deliveries ORDER BY code") == [("a", 2), ("b", 1.3)]
    assert lab.rows("SELECT * FROM delivery_notes") == [("a", 2)]


def test_all_or_nothing(lab: Lab) -> None:
    lab.write("CREATE TABLE ledger (entry TEXT PRIMARY KEY, amount BIGINT)")
    run = lab.run("ledger", "entry,amount\na,1\nb,\n")
    assert (run.status, counts(run)) == (RunStatus.FAILED, (2, 0, 1, 1))
    lab.write("""UPDATE ingest_rows SET cells = '["b", "2"]'""")
    assert counts(lab.retry(run.id)) == (2, 2, 0, 0)
    assert lab.rows("SELECT entry, amount FROM ledger ORDER BY entry") == [("a", 1), ("b", 2)]


def test_limits_and_rows_that_are_kept(lab: Lab) -> None:
    lab.write("CREATE TABLE readings (meter TEXT, value BIGINT)")
    run = lab.run("readings", "meter,value\na,1\nb,\n")
    assert (run.status, queries.rows_of(run).total) == (RunStatus.COMPLETED_WITH_ERRORS, 2)
    stopped = lab.run("readings", "meter,value\n" + "b,\n" * 101)
    assert (stopped.status, counts(stopped)) == (RunStatus.FAILED, (101, 0, 101, 0))
    definition = find_importer("readings")
    assert definition is not None
    assert definition.conduct.chunk_rows == 5000
