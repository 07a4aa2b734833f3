"""Questions about runs: who sees which, and how many queries a page costs."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from portal.accounts.models import User
from portal.database import utcnow
from portal.extensions import db
from portal.lifecycle import RunStatus
from portal.runs import operations, queries
from portal.runs.models import IngestRun
from tests.support.lab import Lab


@contextmanager
def statements():
    """Collects the SELECTs that are sent meanwhile."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if statement.startswith("SELECT"):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def person(users):
    def find(role: str, email: str | None = None) -> User:
        made = users(role, email)
        db.session.rollback()
        return db.session.get_one(User, made.id)

    return find


def begin(lab: Lab, owner: User, content: str = "body\nx\n", slug: str = "notes") -> int:
    return operations.start_run(slug, lab.keep(content), actor=owner).id


def test_operators_see_their_own_runs_and_others_all(lab: Lab, person) -> None:
    ann, ben = person("operator", "ann@example.com"), person("operator", "ben@example.com")
    of_ann, of_ben, of_nobody = begin(lab, ann), begin(lab, ben), lab.start("notes", "body\nx\n")
    for user, visible in (
        (ann, [of_ann]),
        (ben, [of_ben]),
        (person("auditor"), [of_nobody, of_ben, of_ann]),
        (person("admin"), [of_nobody, of_ben, of_ann]),
    ):
        assert [run.id for run in queries.runs_page(user).items] == visible
        assert [run.id for run in queries.recent_runs(user)] == visible
        assert [run.id for run in queries.active_runs(user)] == sorted(visible)
        assert [bool(queries.visible_run(user, run_id)) for run_id in (of_ann, of_ben)] == [
            of_ann in visible,
            of_ben in visible,
        ]


def test_the_list_is_filtered_and_paged(lab: Lab, person) -> None:
    admin = person("admin")
    ids = [lab.start("notes", "body\nx\n") for _ in range(3)] + [lab.start("goods", "sku,name\nA,a\n")]
    lab.write("UPDATE ingest_runs SET status = 'failed' WHERE id = :id", id=ids[0])
    page = queries.runs_page(admin, importer="notes", page=2, per_page=2)
    assert ([run.id for run in page.items], page.total, page.pages) == ([ids[0]], 3, 2)
    assert [run.id for run in queries.runs_page(admin, status="failed").items] == [ids[0]]
    assert queries.runs_page(admin, status="nonsense").items == []
    assert queries.runs_page(admin, page=99, per_page=3).page == 2


@pytest.mark.parametrize("runs", [1, 12])
def test_a_page_of_runs_costs_two_queries_however_many_there_are(lab: Lab, person, runs: int) -> None:
    admin = person("admin")
    for _ in range(runs):
        begin(lab, admin)
    assert admin.is_admin, "loaded before it is counted"
    with statements() as sent:
        page = queries.runs_page(admin)
        assert len([(run.user.email, run.progress.text, run.status) for run in page.items]) == runs
    assert len(sent) == 2


@pytest.mark.parametrize("rows", [1, 20])
def test_a_page_of_failed_rows_costs_two_queries(lab: Lab, rows: int) -> None:
    run = lab.run("notes", "body\n" + "wrong!\nright\n" * rows)
    group = lab.groups(run.id)[0]
    assert run.headers == ["body"], "loaded before it is counted"
    with statements() as sent:
        page = queries.rows_of_group(run, group, per_page=20)
        assert len([(row.row_number, row.message) for row in page.items]) == rows
    assert len(sent) == 2


def test_the_rows_of_a_group_are_shown_with_all_that_is_wrong_with_them(lab: Lab) -> None:
    run = lab.run("goods", "sku,name,price\nA,,x\nB,b,1\nC,c,y\nD,,1\n")
    group = queries.find_group(run.id, "name.required")
    first, second = queries.rows_of_group(run, group).items
    assert first.errors == [
        ("name", "The name field is required.", ""),
        ("price", "The price field must be a whole number.", "x"),
    ]
    assert (second.row_number, second.data) == (4, {"sku": "D", "name": "", "price": "1"})
    assert queries.find_group(run.id, "nothing") is None


def test_runs_in_need_are_those_with_open_failures(lab: Lab, person) -> None:
    admin = person("admin")
    lab.run("notes", "body\nfine\n")
    lab.run("notes", "body\nwrong!\n", dry_run=True)
    open_run = lab.run("notes", "body\nwrong!\n")
    lab.retry(open_run.id)
    assert [run.id for run in queries.runs_in_need(admin)] == [open_run.id]
    lab.write("""UPDATE ingest_rows SET cells = '["right"]'""")
    lab.retry(open_run.id)
    assert queries.runs_in_need(admin) == []


def test_the_same_contents_are_recognised(lab: Lab, person) -> None:
    ann, ben = person("operator", "ann@example.com"), person("operator", "ben@example.com")
    run_id = begin(lab, ann)
    same, other = lab.keep("body\nx\n", "renamed.csv"), lab.keep("body\ny\n")
    assert queries.earlier_run_of(ann, same, "notes").id == run_id
    assert queries.earlier_run_of(ann, same, "goods") is None
    assert queries.earlier_run_of(ann, other, "notes") is None
    assert queries.earlier_run_of(ben, same, "notes") is None


def test_throughput_adds_up_to_the_rows(lab: Lab) -> None:
    run = lab.run("notes", "body\n" + "x\n" * 100)
    start = run.started_at
    for place, chunk_id in enumerate(lab.chunk_ids(run.id), start=1):
        done = f"{start + timedelta(seconds=place):%Y-%m-%d %H:%M:%S.%f}"
        lab.write("UPDATE ingest_chunks SET completed_at = :done WHERE id = :id", done=done, id=chunk_id)
    assert queries.throughput(run.id) == [4] * 25
    assert queries.throughput(run.id, points=5) == [4] * 5
    assert queries.throughput(999) == []


def test_rows_per_minute_counts_what_was_done_lately(lab: Lab, person) -> None:
    lab.run("notes", "body\n" + "x\n" * 30)
    lab.write("UPDATE ingest_chunks SET completed_at = '2000-01-01 00:00:00.000000' WHERE number = 0")
    assert queries.rows_per_minute(person("admin"), hours=1, parts=6)[-1] == round(26 / 10)
    assert sum(queries.rows_per_minute(person("operator"), hours=1, parts=6)) == 0


def test_a_run_tells_its_progress() -> None:
    now = utcnow()
    run = IngestRun(
        total=1000, successful=400, failed=50, skipped=50, checked=0, settled=10, started_at=now - timedelta(seconds=10)
    )
    run.status, run.completed_at = RunStatus.PROCESSING, now
    assert (run.processed, run.open_failures, run.is_active) == (500, 40, True)
    assert run.progress.text == "500 of 1,000 rows, 50 rows/s, about 10 s left"
