"""What lists cost the database: as many statements for many runs and rows as for few."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import insert

from portal.extensions import db
from portal.runs.models import IngestErrorGroup, IngestRow, IngestRowError, IngestRun
from tests.support.asking import selects

API = "/api/v1/ingest"
LISTS = {
    f"{API}/": 2,
    f"{API}/?status=completed&importer=goods": 2,
    f"{API}/?page=2&per_page=10": 2,
    f"{API}/1": 1,
    f"{API}/1/errors/summary": 2,
    f"{API}/1/rows": 4,
    f"{API}/1/rows?error=name.required": 4,
}
"""Address -> statements beside the one that finds out who asks."""


def fill(runs: int, rows: int) -> None:
    """Make `runs` runs; the first has `rows` failed rows."""
    db.session.add_all(
        IngestRun(importer="goods", status="completed", original_filename="goods.csv", headers=["sku"])
        for _ in range(runs)
    )
    group = {"id": 1, "run_id": 1, "key": "name.required", "field": "name", "rule": "required", "message": "Needed."}
    db.session.flush()
    db.session.execute(insert(IngestErrorGroup), [group | {"count": rows}])
    numbers = range(1, rows + 1)
    db.session.execute(insert(IngestRow), [{"run_id": 1, "row_number": row, "cells": ["a"]} for row in numbers])
    db.session.execute(insert(IngestRowError), [{"group_id": 1, "row_number": row, "value": "x"} for row in numbers])
    db.session.commit()


@pytest.mark.parametrize(("runs", "rows"), [(1, 1), (60, 90)])
def test_lists_take_the_same_statements_however_long_they_are(app: Flask, sign_in, runs: int, rows: int) -> None:
    with app.app_context():
        fill(runs, rows)
    auditor = sign_in("auditor")
    auditor.get(f"{API}/")  # notes when the account was last seen
    assert {path: len(selects(app, auditor, path)) - 1 for path in LISTS} == LISTS
