"""Exports and the download of failed rows, read from a database: all that is there, once, in order."""

from __future__ import annotations

import csv
import io
import json
import random
import tracemalloc
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import insert, select

from portal import timeline
from portal.accounts.models import User
from portal.exports.formats import Format, written
from portal.exports.formulas import guarded
from portal.extensions import db
from portal.lifecycle import RowStatus
from portal.runs import exporting, queries
from portal.runs.downloads import failed_rows_csv
from portal.runs.models import IngestErrorGroup, IngestRow, IngestRowError, IngestRun
from portal.runs.queries.streams import PART
from portal.runs.serializers import row_shape, run_shape
from tests.support.lab import SOMEONE, Lab

HEADERS = ["sku", "=name", "price"]
CELLS = ("", "plain", "a,b", 'say "so"', "two\nlines", "\r", "=1+1", "+49 1", "-1.5", "'@x", "\tx", "ä é 字", "'")
MANY = 12 * PART // 5


def fill(run_id: int, rows: int, *, seed: int = 1) -> None:
    """Give a run `rows` rows with odd cells, of which two in three failed, with up to three failures each; one in five
    of those is settled."""
    chance = random.Random(seed)
    groups = [(run_id * 10 + place, f"Wrong, in “{place}”.") for place in (3, 1, 2)]
    _insert(IngestErrorGroup, [_group(run_id, group, text) for group, text in groups])
    kept, failures = [], []
    for number in range(10, 10 + 3 * rows, 3):
        failed = chance.random() < 2 / 3
        settled = run_id if failed and chance.random() < 0.2 else None
        kept.append(_row(run_id, number, failed, settled, chance.choices(CELLS, k=len(HEADERS))))
        for group, _ in chance.sample(groups, chance.randint(1, 3)) if failed else ():
            failures.append({"group_id": group, "row_number": number, "value": chance.choice((None, *CELLS))})
    _insert(IngestRow, kept)
    _insert(IngestRowError, failures)
    db.session.get_one(IngestRun, run_id).headers = HEADERS
    db.session.commit()


def _insert(model: type, rows: list[dict]) -> None:
    db.session.execute(insert(model), rows)


def _group(run_id: int, group_id: int, text: str) -> dict:
    named = {"id": group_id, "run_id": run_id, "key": f"k{group_id}", "field": "price", "rule": "integer"}
    return named | {"message": text, "count": 1, "suggested_fix": ""}


def _row(run_id: int, number: int, failed: bool, settled: int | None, cells: list[str]) -> dict:
    status = RowStatus.FAILED if failed else RowStatus.SUCCESSFUL
    row = {"run_id": run_id, "row_number": number, "status": status, "cells": cells}
    return row | {"settled_by_run_id": settled}


@pytest.fixture
def filled(lab: Lab) -> int:
    run_id = lab.start("notes", "body\nx\n")
    other = lab.start("notes", "body\ny\n")
    fill(run_id, MANY)
    fill(other, 20, seed=2)
    return run_id


@pytest.fixture
def admin(users: Callable) -> User:
    made = users("admin")
    return db.session.get_one(User, made.id)


def row_by_row(run_id: int) -> str:
    """The download as its form is told, each row asked for by itself."""
    file = io.StringIO(newline="")
    file.write("\ufeff")
    lines = csv.writer(file, lineterminator="\r\n")
    lines.writerow([*map(guarded, HEADERS), "_error_message", "_row_number"])
    kept = select(IngestRow).where(IngestRow.run_id == run_id, IngestRow.status == RowStatus.FAILED)
    open_rows = kept.where(IngestRow.settled_by_run_id.is_(None)).order_by(IngestRow.row_number)
    for row in db.session.scalars(open_rows).all():
        failures = queries.failures_of_row(run_id, row.row_number)
        message = " ".join(f"{one.message} ({one.value})" if one.value else one.message for one in failures)
        lines.writerow([*map(guarded, row.cells), guarded(message), row.row_number])
    return file.getvalue()


def test_the_download_is_the_same_as_row_by_row(lab: Lab, filled: int) -> None:
    expected = row_by_row(filled)
    assert expected.count("Wrong") > MANY / 2
    assert lab.download(filled) == expected


def test_rows_between_which_all_are_settled_come_with_their_failures(lab: Lab, filled: int) -> None:
    lab.write("UPDATE ingest_rows SET settled_by_run_id = 1 WHERE row_number BETWEEN 40 AND 3000")
    assert list(lab.failed_rows(filled))[-1] > 3000
    assert lab.download(filled) == row_by_row(filled)


def test_rows_in_all_forms_are_those_of_the_list(lab: Lab, filled: int) -> None:
    run = lab.find(filled)
    pages = [queries.rows_of(run, page=page, per_page=100).items for page in range(1, MANY // 100 + 1)]
    rows = [row for page in pages for row in page]
    assert len(rows) == MANY
    shapes = [row_shape(row) for row in rows]
    assert json.loads(whole(exporting.export_rows(run), Format.JSON))["data"] == shapes
    assert [json.loads(line) for line in whole(exporting.export_rows(run), Format.JSONL).splitlines()] == shapes
    lines = list(csv.reader(io.StringIO(whole(exporting.export_rows(run), Format.CSV), newline="")))
    assert lines[0] == ["sku", "'=name", "price", "_status", "_error_message", "_row_number", "_settled_by_run_id"]
    assert lines[1:] == [
        [
            *map(guarded, row.data.values()),
            row.status,
            row.message,
            str(row.row_number),
            str(row.settled_by_run_id or ""),
        ]
        for row in rows
    ]


def test_rows_can_be_narrowed(lab: Lab, filled: int) -> None:
    run, group = lab.find(filled), lab.groups(filled)[0]
    for rows, page in (
        (queries.stream_rows(run, status="failed"), queries.rows_of(run, status="failed", per_page=100)),
        (queries.stream_rows(run, group=group), queries.rows_of_group(run, group, per_page=100)),
    ):
        found = list(rows)
        assert found[:100] == list(page.items)
        assert PART < len(found) < MANY
        assert {row.status for row in found} == {"failed"}


def whole(export: exporting.Export, format: Format) -> str:
    return "".join(written(export, format))


def test_runs_are_exported_newest_first_and_narrowed(lab: Lab, admin: User) -> None:
    first = lab.start("notes", "body\nx\n")
    db.session.add_all(IngestRun(importer="notes", original_filename="more.csv") for _ in range(PART + 1))
    db.session.commit()
    goods = lab.start("goods", "sku,name\nA,a\n")
    runs = json.loads(whole(exporting.export_runs(admin), Format.JSON))["data"]
    ids = [run["id"] for run in runs]
    assert (len(ids), ids) == (PART + 3, sorted(ids, reverse=True))
    assert runs[-1] == json.loads(json.dumps(run_shape(lab.find(first))))
    [only] = csv.DictReader(io.StringIO(whole(exporting.export_runs(admin, importer="goods"), Format.CSV)))
    named = [only[name] for name in ("id", "progress_total", "progress_failed", "dry_run")]
    assert named == [str(goods), "", "0", "false"]
    assert whole(exporting.export_runs(admin, status="failed"), Format.JSONL) == ""


def test_a_timeline_is_exported_oldest_first(lab: Lab, filled: int) -> None:
    for number in range(PART):
        timeline.record(db.session, "run", filled, "Noted", f"={number}", actor=SOMEONE, place=number)
    db.session.commit()
    events = json.loads(whole(exporting.export_timeline(lab.find(filled)), Format.JSON))["data"]
    assert [event["message"] for event in events] == lab.messages(filled)
    lines = csv.DictReader(io.StringIO(whole(exporting.export_timeline(lab.find(filled)), Format.CSV)))
    last = list(lines)[-1]
    assert (last["message"], last["actor"], last["details"]) == ("'=499", SOMEONE.email, '{"place": 499}')
    assert last["created_at"].endswith("Z")


def test_groups_are_exported(lab: Lab) -> None:
    run = lab.run("goods", "sku,name,price\nA,,x\nB,b,y\n")
    groups = json.loads(whole(exporting.export_groups(run), Format.JSON))["data"]
    assert [(group["key"], group["count"]) for group in groups] == [("price.type", 2), ("name.required", 1)]
    assert groups[0]["message"] == "price: The price field must be a whole number."


def long_reads(run: IngestRun, admin: User) -> dict[str, Iterator]:
    return {
        "download": queries.open_failed_rows(run),
        "rows": queries.stream_rows(run),
        "timeline": queries.stream_events(run.id),
        "runs": queries.stream_runs(admin),
    }


@pytest.mark.parametrize("kind", ["download", "rows", "timeline", "runs"])
def test_no_transaction_is_open_while_a_part_is_taken(lab: Lab, filled: int, admin: User, kind: str) -> None:
    read = long_reads(lab.find(filled), admin)[kind]
    next(read)
    assert not db.session.registry().in_transaction()
    read.close()
    assert not db.session.registry().in_transaction()


def test_rows_that_are_settled_meanwhile_come_at_most_once(lab: Lab, filled: int) -> None:
    before = list(lab.failed_rows(filled))
    read = queries.open_failed_rows(lab.find(filled))
    first = next(read)
    lab.write("UPDATE ingest_rows SET settled_by_run_id = 1 WHERE row_number % 2 = 0")
    rest = [number for rows in read for number in rows.numbers]
    assert list(first.numbers) == before[: len(first.numbers)]
    assert rest == [number for number in before[len(first.numbers) :] if number % 2]


def test_memory_is_that_of_a_part(lab: Lab) -> None:
    def peak(rows: int) -> int:
        run = lab.find(lab.start("notes", f"body\n{rows}\n"))
        fill(run.id, rows)
        tracemalloc.start()
        for _ in failed_rows_csv(HEADERS, queries.open_failed_rows(run)):
            pass
        reached = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return reached

    peak(10)  # what is loaded and compiled but once
    assert peak(10 * PART) < 1.5 * peak(3 * PART)
