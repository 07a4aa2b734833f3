"""`portal ingest ...`, at the portal here and at one elsewhere: answers on standard output, refusals in one line on
standard error, exit status 0, 1 or 2."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.importers import importers
from tests.cli.conftest import command, no_app
from tests.support.fetched import fetched_importer
from tests.support.lab import IMPORTERS, Lab


def test_importers_are_listed(ingest, bench) -> None:
    status, out, _ = ingest("list")
    assert status == 0
    assert ["goods-once", "GoodsOnce", "goods", "upload"] in [line.split() for line in out.splitlines()]
    listed = json.loads(ingest("list", "--json")[1])["data"]
    with bench():
        assert [entry["slug"] for entry in listed] == list(importers())
    [goods] = [entry for entry in listed if entry["slug"] == "goods"]
    assert (goods["key"], goods["duplicate_strategy"], goods["source"]) == (["sku"], "update", "upload")
    assert goods["columns"][0] == {
        "name": "sku",
        "headers": ["sku", "article number"],
        "type": "text",
        "required": True,
        "computed": False,
        "written": True,
        "rules": ["required", "matches [A-Z]+"],
    }


def test_a_run_is_begun_and_its_id_printed_alone(finished, bench) -> None:
    with bench() as lab:
        assert lab.find(int(finished)).original_filename == "goods.csv"
        assert lab.rows("SELECT sku FROM goods") == [("A",)]


def test_the_file_of_a_source_is_fetched_and_imported(make_app, tmp_path) -> None:
    source = tmp_path / "notes.csv"
    source.write_text("body\none\ntwo!\n")
    app = make_app(importers=(IMPORTERS, fetched_importer(tmp_path, source=str(source), schedule="@daily")))
    with app.app_context():
        lab = Lab(app, tmp_path)
    run = app.test_cli_runner().invoke
    listed = [line.split() for line in run(args=["ingest", "list"]).stdout.splitlines()]
    assert ["fetched", "Fetched", "notes", str(source), "@daily", "UTC"] in listed
    begun = run(args=["ingest", "trigger", "fetched"])
    assert (begun.exit_code, begun.stderr) == (0, "")
    with app.app_context():
        lab.drain()
        assert lab.find(int(begun.stdout)).successful == 1
    dry = json.loads(run(args=["ingest", "trigger", "fetched", "--dry-run", "--json"]).stdout)["data"]
    assert (dry["dry_run"], dry["original_filename"]) == (True, "notes.csv")


def test_a_run_as_json(ingest, goods) -> None:
    status, out, _ = ingest("run", "goods", "--file", goods, "--dry-run", "--json")
    run = json.loads(out)["data"]
    assert (status, run["status"], run["dry_run"], run["importer"]) == (0, "pending", True, "goods")
    assert run["progress"] == {"total": None, "processed": 0, "successful": 0, "failed": 0, "skipped": 0}


def test_columns_are_chosen(ingest, tmp_path, drain, bench) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("code,label,price\nA,apple,1\n")
    words = ["--map", "code=sku", "--map", "label=name", "--map", "price="]
    assert ingest("run", "goods", "--file", str(path), *words)[0] == 0
    drain()
    with bench() as lab:
        assert lab.rows("SELECT sku, name, price FROM goods") == [("A", "apple", None)]


def test_how_a_run_stands(ingest, finished) -> None:
    status, out, _ = ingest("status", finished)
    assert status == 0
    assert out.splitlines()[:2] == [f"Run {finished}: goods.csv -> goods", "Status: completed with errors"]
    assert "[##############################] 100 %  3 of 3 rows" in out
    assert out.splitlines()[-1] == "1 imported, 0 skipped, 2 failed"
    run = json.loads(ingest("status", finished, "--json")[1])["data"]
    assert (run["status"], run["open_failures"], run["error"]) == ("completed_with_errors", 2, None)
    assert run["completed_at"].endswith("Z")


def test_runs_are_listed_and_chosen(ingest, finished, goods) -> None:
    pending = ingest("run", "goods-once", "--file", goods)[1].strip()
    lines = [line.split() for line in ingest("runs")[1].splitlines()]
    assert [line[0] for line in lines] == ["RUN", pending, finished]
    assert lines[2] == [finished, "goods", "completed", "with", "errors", "1", "2", "2", "goods.csv"]
    assert ingest("runs", "--status", "failed")[1] == "There are no runs.\n"
    assert [line.split()[0] for line in ingest("runs", "--importer", "goods")[1].splitlines()] == ["RUN", finished]
    listed = json.loads(ingest("runs", "--status", "pending", "--json")[1])
    assert [run["id"] for run in listed["data"]] == [int(pending)]
    assert listed["meta"] == {"page": 1, "per_page": 25, "total": 1, "pages": 1}
    assert listed["links"]["self"].startswith("/api/v1/ingest?")


def test_a_long_list_is_read_in_pages(ingest, tmp_path, drain) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("sku,name\n" + "".join(f"A,{'long' * number}\n" for number in range(6, 36)))
    run_id = ingest("run", "goods", "--file", str(path))[1].strip()
    drain()
    assert ingest("rows", run_id)[1].splitlines()[-1] == "Page 1 of 2 (30 in all)."
    second = ingest("rows", run_id, "--page", "2")[1].splitlines()
    assert second[-1] == "Page 2 of 2 (30 in all)."
    assert len(second) == 1 + 5 + 1
    assert ingest("rows", run_id, "--page", "3")[1].splitlines()[0] == "There are no such rows."


def test_why_rows_failed(ingest, finished) -> None:
    _, out, _ = ingest("errors", finished)
    assert out.splitlines()[0] == "2 rows failed, 2 of them are open."
    assert "        1  name: The name field is required. (name.required)" in out
    summary = json.loads(ingest("errors", finished, "--json")[1])["data"]
    assert (summary["total_failed_rows"], summary["error_summary"]) == (2, [])
    assert {(entry["key"], entry["count"]) for entry in summary["validation_summary"]} == {
        ("name.required", 1),
        ("price.type", 1),
    }


def test_failed_rows_are_listed(ingest, finished) -> None:
    header, *lines = ingest("rows", finished)[1].splitlines()
    assert header.split() == ["ROW", "STATUS", "WHY", "sku", "name", "price"]
    assert [line.split()[0] for line in lines] == ["2", "3"]
    assert "The price field must be a whole number." in lines[1]
    [row] = json.loads(ingest("rows", finished, "--error", "name.required", "--json")[1])["data"]
    assert (row["row_number"], row["data"]) == (2, {"sku": "B", "name": "", "price": "2"})
    assert ingest("rows", finished, "--status", "skipped")[1] == "There are no such rows.\n"


def test_what_happened_is_told_with_who_did_it(ingest, finished) -> None:
    header, *lines = ingest("timeline", finished)[1].splitlines()
    assert header.split() == ["TIME", "EVENT", "WHO", "WHAT"]
    assert "Uploaded" in lines[-1]
    events = json.loads(ingest("timeline", finished, "--json")[1])["data"]
    assert events[-1]["actor"] in ("command line", "root@example.com")


def test_failed_rows_are_retried(ingest, finished, drain) -> None:
    status, out, _ = ingest("retry", finished)
    drain()
    assert status == 0
    assert ingest("status", out.strip())[1].splitlines()[1] == f"Retries run {finished}."
    dry = json.loads(ingest("retry", finished, "--dry-run", "--json")[1])["data"]
    assert (dry["dry_run"], dry["retried_from_run_id"]) == (True, int(finished))


@pytest.mark.parametrize("choice", [("--rows", "2-2"), ("--error", "name.required")])
def test_chosen_rows_are_retried(ingest, finished, drain, choice) -> None:
    retry = ingest("retry", finished, *choice)[1].strip()
    drain()
    assert json.loads(ingest("status", retry, "--json")[1])["data"]["progress"]["failed"] == 1


LOOKS = [
    ("list",),
    ("runs",),
    ("runs", "--importer", "goods", "--status", "completed_with_errors", "--page", "2"),
    ("status", "1"),
    ("errors", "1"),
    ("rows", "1"),
    ("rows", "1", "--status", "failed", "--error", "name.required"),
    ("timeline", "1"),
    ("trace", "1", "2"),
]


def test_both_print_the_same(command_here, command_elsewhere, bench, goods) -> None:
    with bench() as lab:
        assert lab.run("goods", Path(goods).read_text()).id == 1
    for words in [*LOOKS, *((*words, "--json") for words in LOOKS), ("download", "1")]:
        here = command_here("ingest", *words)
        assert here == command_elsewhere("ingest", *words), words
        assert here[0] == 0


def test_a_row_is_edited_checked_and_retried(ingest, finished, drain, bench) -> None:
    assert ingest("edit", finished, "3", "price=y")[1].splitlines() == [
        "Row 3 would fail again:",
        "  The price field must be a whole number.",
    ]
    seen = json.loads(ingest("rows", finished, "--json")[1])["data"][1]["version"]
    assert ingest("edit", finished, "3", "price=3", "name=cherries", "--version", seen) == (
        0,
        "Row 3 passes every rule now.\n",
        "",
    )
    status, out, err = ingest("edit", finished, "3", "price=4", "--version", seen)
    assert (status, out, err.count("\n")) == (1, "", 1)
    edited = json.loads(ingest("edit", finished, "2", "name=bean", "--json")[1])
    assert (edited["check"]["passes"], edited["data"]["data"]["name"]) == (True, "bean")
    assert ingest("retry", finished)[0] == 0
    drain()
    with bench() as lab:
        assert lab.rows("SELECT sku, name, price FROM goods ORDER BY sku")[1:] == [
            ("B", "bean", 2),
            ("C", "cherries", 3),
        ]


def test_failed_rows_are_downloaded_and_come_back_corrected(ingest, finished, tmp_path, drain) -> None:
    printed = ingest("download", finished)[1]
    assert printed.splitlines()[0].endswith("sku,name,price,_error_message,_row_number")
    path = tmp_path / "failed.csv"
    assert ingest("download", finished, "-o", str(path)) == (0, "", "")
    assert path.read_bytes().decode().splitlines() == printed.splitlines()
    assert sorted(found.name for found in tmp_path.glob("failed*")) == ["failed.csv"]
    path.write_text(path.read_text().replace("B,,", "B,bean,").replace(",x,", ",3,"))
    corrected = ingest("correct", finished, "--file", str(path))[1].strip()
    drain()
    assert ingest("status", corrected)[1].splitlines()[-1] == "2 imported, 0 skipped, 0 failed"
    status, out, err = ingest("download", finished, "-o", str(tmp_path / "none.csv"))
    assert (status, out) == (1, "")
    assert f"Run {finished} has no failed rows left." in err
    assert not (tmp_path / "none.csv").exists()


def test_a_download_that_cant_be_written_says_so(ingest, finished, tmp_path) -> None:
    status, out, err = ingest("download", finished, "-o", str(tmp_path / "not" / "there.csv"))
    assert (status, out) == (1, "")
    assert err == f"Error: {tmp_path}/not/there.csv can't be written: No such file or directory.\n"


def test_a_run_is_cancelled(ingest, goods) -> None:
    _, run_id, _ = ingest("run", "goods", "--file", goods)
    assert ingest("cancel", run_id.strip()) == (0, "Cancellation request sent.\n", "")
    assert json.loads(ingest("status", run_id.strip(), "--json")[1])["data"]["status"] == "cancelled"


REFUSALS = [
    (("run", "bads", "--file", "{goods}"), "There is no importer called bads."),
    (("run", "goods", "--file", "/not/there.csv"), "/not/there.csv can't be read"),
    (("run", "goods", "--file", "/"), "can't be read: Is a directory."),
    (("run", "nowhere", "--file", "{goods}"), "The database has no table called not_there"),
    (("run", "orders", "--file", "{goods}"), "The file has no column id"),
    (("trigger", "goods"), "Goods has no source to fetch a file from. Upload a file instead."),
    (("status", "999"), "There is no run 999."),
    (("errors", "999"), "There is no run 999."),
    (("rows", "999"), "There is no run 999."),
    (("rows", "{finished}", "--error", "no.such"), "has no group of failures called"),
    (("timeline", "999"), "There is no run 999."),
    (("download", "999"), "There is no run 999."),
    (("trace", "999", "1"), "There is no run 999."),
    (("edit", "999", "1", "name=x"), "There is no run 999."),
    (("edit", "{finished}", "2", "nome=x"), "nome"),
    (("edit", "{finished}", "1", "name=x"), "row 1"),
    (("cancel", "999"), "There is no run 999."),
    (("retry", "999"), "There is no run 999."),
    (("retry", "{finished}", "--error", "no.such"), "no.such"),
    (("correct", "999", "--file", "{goods}"), "There is no run 999."),
    (("cancel", "{finished}"), "has already finished"),
]


def test_a_refusal_is_one_line_on_standard_error(ingest, goods, finished) -> None:
    for words, why in REFUSALS:
        status, out, err = ingest(*(word.format(goods=goods, finished=finished) for word in words))
        assert (status, out, err.count("\n")) == (1, "", 1), words
        assert why in err


@pytest.mark.parametrize(
    "words",
    [
        ("run", "goods"),
        ("run",),
        ("run", "goods", "--file"),
        ("run", "goods", "--file", "x.csv", "--map", "sku"),
        ("status",),
        ("status", "x"),
        ("status", "0"),
        ("runs", "--status", "open"),
        ("rows", "1", "--page", "0"),
        ("retry", "1", "--rows", "3-"),
        ("retry", "1", "--rows", "0"),
        ("retry", "1", "--rows", "9-3"),
        ("retry", "1", "--rows", "1-10001"),
        ("edit", "1", "2"),
        ("edit", "1", "2", "name"),
        ("rows", "1", "--status", "skippy"),
        ("frobnicate",),
    ],
)
def test_wrong_usage_is_status_2(words) -> None:
    """It is seen before a portal is asked."""
    assert command(CliRunner(), no_app)("ingest", *words)[0] == 2


def test_a_run_that_failed_says_why(ingest, goods, bench) -> None:
    _, run_id, _ = ingest("run", "goods", "--file", goods)
    with bench() as lab:
        lab.write("DROP TABLE goods")
        lab.drain()
    last = ingest("status", run_id.strip())[1].splitlines()[-1]
    assert last == "Error: The database has no table called goods. Create it, then import the file again."
