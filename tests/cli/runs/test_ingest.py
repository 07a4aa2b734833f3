"""`portal ingest ...`: answers on standard output, refusals in one line on standard error, exit status 0, 1 or 2."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path

import pytest

from portal.importers import importers
from tests.support.fetched import fetched_importer
from tests.support.lab import IMPORTERS, Lab
from tests.support.running import running_portal

GOODS = "sku,name,price\nA,apple,1\nB,,2\nC,cherry,x\n"


@pytest.fixture
def portal(cli, bench):
    """Runs a command and gives (exit status, standard output, standard error)."""

    def run(*words: str) -> tuple[int, str, str]:
        done = cli.invoke(args=["ingest", *words])
        return done.exit_code, done.stdout, done.stderr

    return run


@pytest.fixture
def goods(tmp_path: Path) -> str:
    path = tmp_path / "goods.csv"
    path.write_text(GOODS)
    return str(path)


@pytest.fixture
def finished(portal, goods, bench) -> str:
    """The id of a run of `goods`."""
    status, out, err = portal("run", "goods", "--file", goods)
    assert (status, out.strip().isdigit(), err) == (0, True, "")
    with bench() as lab:
        lab.drain()
    return out.strip()


def test_importers_are_listed(portal, bench) -> None:
    status, out, _ = portal("list")
    assert status == 0
    assert "goods-once           GoodsOnce -> goods" in out
    listed = json.loads(portal("list", "--json")[1])["data"]
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


def test_a_run_is_begun_and_its_id_printed_alone(portal, finished, bench) -> None:
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
    listed = run(args=["ingest", "list"]).stdout
    assert f"fetched              Fetched -> notes from {source} at @daily UTC" in listed
    importers = json.loads(run(args=["ingest", "list", "--json"]).stdout)["data"]
    [entry] = [importer for importer in importers if importer["slug"] == "fetched"]
    assert (entry["source"], entry["schedule"]) == (str(source), "@daily")
    begun = run(args=["ingest", "trigger", "fetched"])
    assert (begun.exit_code, begun.stderr) == (0, "")
    with app.app_context():
        lab.drain()
        assert lab.find(int(begun.stdout)).successful == 1
    dry = json.loads(run(args=["ingest", "trigger", "fetched", "--dry-run", "--json"]).stdout)["data"]
    assert (dry["dry_run"], dry["original_filename"]) == (True, "notes.csv")
    refused = run(args=["ingest", "trigger", "goods"])
    assert (refused.exit_code, refused.stderr) == (
        1,
        "Error: Goods has no source to fetch a file from. Upload a file instead.\n",
    )


def test_a_run_as_json(portal, goods) -> None:
    status, out, _ = portal("run", "goods", "--file", goods, "--dry-run", "--json")
    run = json.loads(out)["data"]
    assert (status, run["status"], run["dry_run"], run["importer"]) == (0, "pending", True, "goods")
    assert run["progress"] == {"total": None, "processed": 0, "successful": 0, "failed": 0, "skipped": 0}


def test_how_a_run_stands(portal, finished) -> None:
    status, out, _ = portal("status", finished)
    assert status == 0
    assert out.splitlines()[:2] == [f"Run {finished}: goods.csv -> goods", "Status: completed with errors"]
    assert "[##############################] 100 %  3 of 3 rows" in out
    assert out.splitlines()[-1] == "1 imported, 0 skipped, 2 failed"
    run = json.loads(portal("status", finished, "--json")[1])["data"]
    assert (run["status"], run["open_failures"], run["error"]) == ("completed_with_errors", 2, None)
    assert run["completed_at"].endswith("Z")


def test_why_rows_failed(portal, finished) -> None:
    _, out, _ = portal("errors", finished)
    assert out.splitlines()[0] == "2 rows failed, 2 of them are open."
    assert "        1  The name field is required." in out
    summary = json.loads(portal("errors", finished, "--json")[1])["data"]
    assert (summary["total_failed_rows"], summary["error_summary"]) == (2, [])
    assert {(entry["key"], entry["count"]) for entry in summary["validation_summary"]} == {
        ("name.required", 1),
        ("price.type", 1),
    }


def test_failed_rows_are_retried(portal, finished, bench) -> None:
    status, out, _ = portal("retry", finished)
    with bench() as lab:
        lab.drain()
    assert status == 0
    assert portal("status", out.strip())[1].splitlines()[1] == f"Retries run {finished}."
    dry = json.loads(portal("retry", finished, "--dry-run", "--json")[1])["data"]
    assert (dry["dry_run"], dry["retried_from_run_id"]) == (True, int(finished))


def test_a_run_is_cancelled(portal, goods) -> None:
    _, run_id, _ = portal("run", "goods", "--file", goods)
    assert portal("cancel", run_id.strip()) == (0, "Cancellation request sent.\n", "")
    assert json.loads(portal("status", run_id.strip(), "--json")[1])["data"]["status"] == "cancelled"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("run", "bads", "--file", "{goods}"), "There is no importer called bads."),
        (("run", "goods", "--file", "/not/there.csv"), "/not/there.csv can't be read"),
        (("run", "goods", "--file", "/"), "can't be read: Is a directory."),
        (("run", "nowhere", "--file", "{goods}"), "The database has no table called not_there"),
        (("run", "orders", "--file", "{goods}"), "The file has no column id"),
        (("status", "999"), "There is no run 999."),
        (("errors", "999"), "There is no run 999."),
        (("cancel", "999"), "There is no run 999."),
        (("retry", "999"), "There is no run 999."),
        (("cancel", "{finished}"), "has already finished"),
    ],
)
def test_a_refusal_is_one_line_on_standard_error(portal, goods, finished, words, why) -> None:
    status, out, err = portal(*(word.format(goods=goods, finished=finished) for word in words))
    assert (status, out) == (1, "")
    assert why in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "words", [("run", "goods"), ("run",), ("status",), ("status", "x"), ("frobnicate",), ("run", "goods", "--file")]
)
def test_wrong_usage_is_status_2(portal, words) -> None:
    assert portal(*words)[0] == 2


def test_waiting_ends_with_the_run_and_tells_of_failed_rows(portal, goods, bench) -> None:
    outcome: list[tuple[int, str, str]] = []
    waiting = threading.Thread(target=lambda: outcome.append(portal("run", "goods", "--file", goods, "--wait")))
    waiting.start()
    while waiting.is_alive():
        with bench() as lab:
            lab.drain()
        waiting.join(0.05)
    [(status, out, err)] = outcome
    assert status == 1
    assert out.strip().isdigit()
    assert re.fullmatch(r"2 rows failed: portal ingest errors \d+\n", err)


def test_a_run_that_failed_says_why(portal, goods, bench) -> None:
    _, run_id, _ = portal("run", "goods", "--file", goods)
    with bench() as lab:
        lab.write("DROP TABLE goods")
        lab.drain()
    last = portal("status", run_id.strip())[1].splitlines()[-1]
    assert last == "Error: The database has no table called goods. Create it, then import the file again."


def test_waiting_beside_real_workers(tmp_path: Path) -> None:
    sample = Path(__file__).parents[3] / "portal/importers/samples/data/airlines.csv"
    with running_portal(tmp_path / "portal", workers=1) as running:
        done = running.run("ingest", "run", "airlines", "--file", str(sample), "--wait", "--json")
        assert done.returncode == 0, done.stderr
        run = json.loads(done.stdout)["data"]
        assert (run["status"], run["progress"]["successful"]) == ("completed", 16)
