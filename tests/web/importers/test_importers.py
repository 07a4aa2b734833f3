"""The pages of importers: all that one can declare is shown, in words."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.lab import IMPORTERS

EVERYTHING = str(Path(IMPORTERS).with_name("everything.py"))


@pytest.fixture
def app(make_app: Callable[..., Flask], tmp_path: Path) -> Flask:
    return make_app(importers=(IMPORTERS, EVERYTHING), databases={"warehouse": f"sqlite:///{tmp_path / 'other.db'}"})


@pytest.fixture
def operator(sign_in) -> FlaskClient:
    return sign_in("operator")


@pytest.fixture
def page(operator) -> Callable[[str], str]:
    """The words of a page."""

    def words(address: str) -> str:
        answer = operator.get(address)
        assert answer.status_code == 200
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text.partition("<main")[2])))

    return words


def test_the_list_says_of_each_what_becomes_of_rows_that_are_there(page) -> None:
    listed = page("/importers/")
    assert "The row is updated if the new one is newer" in listed
    assert "Upserted" in listed
    assert "Goods" in listed


@pytest.mark.parametrize("slug", ["everything", "upserted"])
def test_the_form_of_a_new_import_knows_it_too(page, slug) -> None:
    assert "The row is updated" in page(f"/runs/new?importer={slug}")


def test_whoever_imports_a_file_again_is_told_what_becomes_of_its_rows(operator, bench) -> None:
    with bench() as lab:
        lab.run("upserted", "sku\nA\n")
        lab.write("UPDATE ingest_runs SET user_id = (SELECT min(id) FROM users)")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', operator.get("/runs/new").text)[1]
    values = {"csrf_token": token, "importer": "upserted", "file": (io.BytesIO(b"sku\nA\n"), "again.csv")}
    asked = operator.post("/runs/new", data=values, content_type="multipart/form-data")
    assert asked.status_code == 409
    assert "rows whose key is in the table already are updated." in asked.text


@pytest.mark.parametrize(
    "words",
    [
        "If the key is there already The existing row is updated if the new one is newer; else that is skipped.",
        "Newer by version",
        "Writes to the table goods in warehouse",
        "notes where shop is A",
        "Its files are CSV or other delimited text: delimiter ; , encoding cp1251 , header row 3",
        "Headers of its files shop , number , version , to street , to city , tags , items , no others and in this",
        "All or nothing Unless every row is good, none goes in",
        "Rows written at once 1,000 at most",
        "Stops after 50 failed rows",
        "Rows that are kept All, with what became of each",
        "The author’s own code before_row",
        "computed: shop and number with “/” between",
        "used only if shop is “A”",
        "to_city",
        "required if to_street.is_not_null()",
        "not written itself",
        "Written to the table notes",
        "Written to the table stock sku text, required amount integer, at least 1",
        "small number < version The number must be smaller than the version. Swap them.",
        "(UTC): 0 0 29 2 *",
    ],
)
def test_all_that_an_importer_declares_is_shown(page, words) -> None:
    assert words.casefold() in page("/importers/everything").casefold()


def test_what_an_importer_does_not_declare_is_not_shown(page) -> None:
    shown = page("/importers/upserted")
    for words in ("Newer by", "Stops after", "Rules across columns", "Its files are", "All or nothing", "own code"):
        assert words not in shown
    assert "The existing row is updated." in shown


def test_importers_as_json_have_it_too(app) -> None:
    done = app.test_cli_runner().invoke(args=["ingest", "list", "--json"])
    [found] = [entry for entry in json.loads(done.stdout)["data"] if entry["slug"] == "everything"]
    assert found["database"] == "warehouse"
    assert found["tables"] == ["goods", "notes"]
    assert found["format"] == {"format": "delimited", "delimiter": ";", "encoding": "cp1251", "header_row": 3}
    assert found["headers"] == ["shop", "number", "version", "to street", "to city", "tags", "items"]
    assert (found["strict_headers"], found["newer_by"]) == (True, "version")
    assert (found["chunk_rows"], found["stop_after"]) == (1000, 50)
    assert (found["keep_rows"], found["transaction"]) == ("all", "run")
    assert found["hooks"] == ["before_row"]
    assert found["rules"] == [
        {"name": "small", "condition": "number < version", "message": "The number must be smaller than the version."}
    ]
    by_name = {column["name"]: column for column in found["columns"]}
    assert (by_name["code"]["computed"], by_name["shop"]["computed"]) == (True, False)
    assert (by_name["code"]["written"], by_name["shop"]["written"]) == (True, False)
    assert [column["name"] for column in by_name["items"]["columns"]] == ["sku", "amount"]
    assert by_name["items"]["table"] == "stock"


def test_the_template_has_no_computed_columns(operator) -> None:
    assert operator.get("/importers/everything/template.csv").text.splitlines()[0].count("code") == 0
