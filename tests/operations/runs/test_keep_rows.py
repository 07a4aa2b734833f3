"""An importer that keeps all its rows: what became of each can be asked, and failed ones are treated as ever."""

from __future__ import annotations

import pytest

from portal.runs import queries
from tests.support.lab import Lab, counts

CONTENT = "sku,price\na,1\nb,x\nc,3\nthere,4\nd,5000\ne,6\na,7\nf\n"
HEADER = "sku,price\n"


@pytest.fixture
def lab(conduct_lab: Lab) -> Lab:
    conduct_lab.write("INSERT INTO articles (sku, price) VALUES ('there', 5)")
    return conduct_lab


def kept(lab: Lab, run_id: int, status: str = "") -> dict[int, str]:
    return {row.row_number: row.status for row in queries.rows_of(lab.find(run_id), status=status, per_page=100).items}


EXPECTED = {
    1: "successful",
    2: "failed",
    3: "successful",
    4: "skipped",
    5: "failed",
    6: "successful",
    7: "skipped",
    8: "failed",
}


def test_every_row_is_kept_with_what_became_of_it(lab: Lab) -> None:
    run = lab.run("kept", CONTENT)
    assert (counts(run), kept(lab, run.id)) == ((8, 3, 3, 2), EXPECTED)
    for status in ("successful", "failed", "skipped"):
        assert kept(lab, run.id, status) == {row: became for row, became in EXPECTED.items() if became == status}
    page = queries.rows_of(run)
    assert [(row.data, row.errors != [], row.settled_by_run_id) for row in page.items[:2]] == [
        ({"sku": "a", "price": "1"}, False, None),
        ({"sku": "b", "price": "x"}, True, None),
    ]


def test_a_dry_run_keeps_them_too(lab: Lab) -> None:
    run = lab.run("kept", CONTENT, dry_run=True)
    assert (counts(run), kept(lab, run.id)) == ((8, 3, 3, 2), EXPECTED)


def test_rows_that_are_older_are_told_apart(lab: Lab) -> None:
    lines = "a,1\nthere,4\nb,2\na,3\na,2\nthere,6\nc,2000\n"
    run = lab.run("kept-newer", HEADER + lines)
    assert counts(run) == (7, 4, 1, 2)
    assert kept(lab, run.id, "skipped") == {2: "skipped", 5: "skipped"}
    assert lab.rows("SELECT sku, price FROM articles ORDER BY sku") == [("a", 3), ("b", 2), ("there", 6)]


def test_only_failed_rows_are_downloaded_and_listed_by_cause(lab: Lab) -> None:
    run = lab.run("kept", CONTENT)
    assert list(lab.failed_rows(run.id)) == [2, 5, 8]
    assert len(lab.download(run.id).splitlines()) == 4
    for group in lab.groups(run.id):
        found = queries.rows_of_group(run, group)
        assert {row.status for row in found.items} == {"failed"}
        assert found.total == len(found.items) == group.count


def test_only_failed_rows_are_retried_and_settled(lab: Lab) -> None:
    run = lab.run("kept", CONTENT)
    lab.write("""UPDATE ingest_rows SET cells = '["b", "2"]' WHERE row_number = 2""")
    retry = lab.retry(run.id)
    assert counts(retry) == (3, 1, 2, 0)
    assert kept(lab, retry.id) == {2: "successful", 5: "failed", 8: "failed"}
    assert (lab.find(run.id).settled, list(lab.failed_rows(run.id))) == (1, [5, 8])
    last = lab.correct(run.id, lab.download(run.id).replace("5000", "50"))
    assert counts(last) == (2, 2, 0, 0)
    assert lab.find(run.id).open_failures == lab.find(retry.id).open_failures == 0


def test_pages_go_through_all_rows(lab: Lab) -> None:
    run = lab.run("kept", HEADER + "".join(f"s{number:02},{number}\n" for number in range(25)))
    pages = [queries.rows_of(run, page=page, per_page=10) for page in (1, 2, 3)]
    assert [row.row_number for page in pages for row in page.items] == list(range(1, 26))
    assert {(page.total, page.pages) for page in pages} == {(25, 3)}


def test_failed_rows_alone_are_kept_by_default(lab: Lab) -> None:
    run = lab.run("stopping", HEADER + "a,1\nb,x\n")
    assert (counts(run), kept(lab, run.id)) == ((2, 1, 1, 0), {2: "failed"})
