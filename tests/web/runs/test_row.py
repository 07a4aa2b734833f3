"""The page of one row: its cells, what is wrong with it, what was done to each."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from tests.support.databases import Database
from tests.support.elsewhere import TABLES
from tests.support.lab import IMPORTERS, Lab

GOODS = "sku,name,price,colour\nA,apple,1,red\nB,,2,\nc,cherry, x ,<b>\n"
ROW = "/runs/{}/rows/{}"


def start(lab: Lab, slug: str, content: str) -> int:
    run_id = lab.run(slug, content).id
    lab.write("UPDATE ingest_runs SET user_id = (SELECT min(id) FROM users) WHERE id = :id", id=run_id)
    return run_id


@pytest.fixture
def operator(sign_in) -> FlaskClient:
    """Who began the run: the first account."""
    return sign_in("operator")


@pytest.fixture
def begun(operator, bench) -> int:
    """A run of goods of which rows 2 and 3 failed."""
    with bench() as lab:
        return start(lab, "goods", GOODS)


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.partition("<main")[2])))


def test_a_row_is_shown_with_its_way_from_cell_to_value(operator, begun) -> None:
    answer = operator.get(ROW.format(begun, 3))
    assert answer.status_code == 200
    text = text_of(answer.text)
    assert "Row 3" in text
    assert "The price field must be a whole number. The value is “ x ”." in text
    assert "The sku field has the wrong form." in text
    assert "price Failed x trimmed: “ x ” given: “ x ” read as integer: missing Failed type" in text
    assert "name cherry trimmed: “ cherry ”" in text
    assert "Passed required Passed maximum" in text
    assert "Cells that no column takes colour <b>" in text
    assert "<b>colour" not in answer.text
    assert f'href="/runs/{begun}/groups/price.type"' in answer.text


def test_the_rows_of_a_group_lead_to_it(operator, begun) -> None:
    assert f'href="/runs/{begun}/rows/3"' in operator.get(f"/runs/{begun}/groups/price.type").text


def test_rows_that_are_not_kept_are_not_there(operator, begun) -> None:
    for row in (1, 99, 2**63 - 1, 2**63):
        assert operator.get(ROW.format(begun, row)).status_code == 404
    assert operator.get(ROW.format(9999, 1)).status_code == 404
    assert f"Run {begun} keeps no row 1." in operator.get(ROW.format(begun, 1)).text


def test_rows_of_runs_of_others_are_not_there(operator, begun, sign_in, users) -> None:
    assert sign_in(users("operator", "other@example.com")).get(ROW.format(begun, 3)).status_code == 404
    assert sign_in("auditor").get(ROW.format(begun, 3)).status_code == 200


def test_what_would_go_in_by_now_is_said(operator, bench) -> None:
    with bench() as lab:
        run_id = start(lab, "orders", "id,sku\n1,A\n")
        assert "Failed lookup" in text_of(operator.get(ROW.format(run_id, 1)).text)
        lab.write("INSERT INTO goods VALUES ('A', 'apple', 1)")
        text = text_of(operator.get(ROW.format(run_id, 1)).text)
    assert "As things are now, the row passes every rule of the importer." in text
    assert "Passed lookup" in text


def test_a_row_that_another_run_has_brought_in_says_so(operator, bench) -> None:
    with bench() as lab:
        run_id = start(lab, "orders", "id,sku\n1,A\n")
        lab.write("INSERT INTO goods VALUES ('A', 'apple', 1)")
        retry = lab.retry(run_id).id
    text = text_of(operator.get(ROW.format(run_id, 1)).text)
    assert f"Run {retry} has brought it in since." in text
    assert "As things are now" not in text


def test_a_line_that_is_no_row_is_shown_as_it_is(operator, bench) -> None:
    with bench() as lab:
        run_id = start(lab, "goods", 'sku,name,price\nA,a"b,1,2,3\n')
    text = text_of(operator.get(ROW.format(run_id, 1)).text)
    assert "The line isn't a row of this file, so none of its cells was looked at." in text
    assert "Cells in the file sku A" in text


def test_without_its_table_or_its_importer_a_row_is_shown_as_it_is(operator, bench, make_app) -> None:
    with bench() as lab:
        run_id = start(lab, "orders", "id,sku\n1,A\n")
        lab.write("DROP TABLE goods")
    text = text_of(operator.get(ROW.format(run_id, 1)).text)
    assert "The database has no table called goods." in text
    assert "sku Failed A" in text
    with bench() as lab:
        lab.write("UPDATE ingest_runs SET importer = 'gone' WHERE id = :id", id=run_id)
    text = text_of(operator.get(ROW.format(run_id, 1)).text)
    assert "There is no importer called gone any more" in text


def test_an_importer_that_has_changed_since(operator, begun, bench) -> None:
    with bench() as lab:
        lab.write("UPDATE ingest_runs SET importer = 'notes' WHERE id = :id", id=begun)
    text = text_of(operator.get(ROW.format(begun, 3)).text)
    assert "The importer has no column name and price and sku any more." in text


def test_a_row_of_a_table_in_another_database(make_app, tmp_path) -> None:
    url = f"sqlite:///{tmp_path / 'other.db'}"
    other = Database(url)
    for statement in TABLES:
        other.write(statement)
    app = make_app(importers=(IMPORTERS.replace("importers.py", "elsewhere.py"),), databases={"warehouse": url})
    with app.app_context():
        lab = Lab(app, tmp_path)
        run_id = lab.run("parts", "id,code,price\n1,a,x\n").id
    app.test_cli_runner().invoke(args=["users", "create", "ann@example.com", "--role", "admin"])
    browser = app.test_client()
    browser.get(app.test_cli_runner().invoke(args=["users", "link", "ann@example.com"]).output.strip())
    assert "read as integer" in browser.get(ROW.format(run_id, 1)).text
