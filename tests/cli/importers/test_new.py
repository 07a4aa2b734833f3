"""`portal importers new`: from a table, from a sample file, from both; what is written imports the sample."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from portal.importers import Lookup, load_importers
from portal.importers.importer import Definition
from tests.support.databases import ON_BOTH, Database
from tests.support.flights import SAMPLES
from tests.support.lab import IMPORTERS, drain

LINES = (
    "number,Order date,colour,Unit price,amount,mail,paid,note\n"
    "A1,21.11.2026,red,1.50,1,a@example.com,yes,\n"
    "A2,22.11.2026,green,12.00,NA,b@example.com,no,late\n"
)
TABLE = """CREATE TABLE order_lines (
    id INTEGER PRIMARY KEY,
    number VARCHAR(20) NOT NULL UNIQUE,
    order_date DATE NOT NULL,
    colour TEXT NOT NULL CHECK (colour IN ('red', 'green')) DEFAULT 'red',
    unit_price NUMERIC(10, 2) NOT NULL,
    amount BIGINT DEFAULT 1,
    mail TEXT,
    paid BOOLEAN,
    sku TEXT REFERENCES goods (sku),
    kind INTEGER REFERENCES kinds (id),
    weight DOUBLE PRECISION NOT NULL,
    made TIMESTAMP WITH TIME ZONE,
    "order" UUID
)"""


@pytest.fixture
def app(importing_app: Flask) -> Flask:
    return importing_app


@pytest.fixture
def new(cli, bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """Runs the command in a folder of its own; gives (exit status, standard output, standard error)."""
    (tmp_path / "desk").mkdir()
    monkeypatch.chdir(tmp_path / "desk")
    Path("lines.csv").write_text(LINES)

    def run(*words: str) -> tuple[int, str, str]:
        done = cli.invoke(args=["importers", "new", *words])
        return done.exit_code, done.stdout, done.stderr

    return run


@pytest.fixture
def table(database: str, new: Callable[..., tuple[int, str, str]]) -> None:
    """A table with all that an importer can be told of."""
    numbered = "id SERIAL PRIMARY KEY" if database.startswith("postgres") else "id INTEGER PRIMARY KEY"
    Database(database).write(TABLE.replace("id INTEGER PRIMARY KEY", numbered))


def drafted(path: str = "order_lines.py", slug: str = "order-lines") -> Definition:
    return load_importers((path,))[slug]


def test_a_file_alone_gives_an_importer_and_its_table(new) -> None:
    status, out, err = new("order lines", "--file", "lines.csv")
    assert (status, err) == (0, "")
    assert out.splitlines()[0] == "order_lines.py"
    assert "There is no table called order_lines yet. Create it:" in out
    assert f"PORTAL_IMPORTERS={IMPORTERS},{Path.cwd()}/order_lines.py portal serve" in out
    assert "portal ingest run order-lines --file lines.csv --dry-run --wait" in out
    assert Path("order_lines.py").read_text().partition("\n\n\n")[2] == (
        'class OrderLines(Importer, table="order_lines", key="number", null_values=["NA"]):\n'
        '    """Fills the table order_lines."""\n'
        "\n"
        "    number = Text(required=True)\n"
        '    order_date = Date(header="Order date", required=True, formats=["%d.%m.%Y"])\n'
        "    colour = Text(required=True)\n"
        '    unit_price = Decimal(header="Unit price", required=True, places=2)\n'
        "    amount = Integer()\n"
        "    mail = Email(required=True)\n"
        "    paid = Boolean(required=True)\n"
        "    note = Text()\n"
    )


@ON_BOTH
@pytest.mark.parametrize("name", ["lines", "airlines", "airports", "planes"])
def test_what_is_written_imports_the_sample_into_the_table_that_it_names(new, make_app, database, name) -> None:
    sample = Path("lines.csv") if name == "lines" else SAMPLES / f"{name}.csv"
    status, out, _ = new("Fresh things", "--file", str(sample), "--to", "fresh.py", "--json")
    facts = json.loads(out)["data"]
    assert (status, facts["slug"], facts["table"], facts["left_out"]) == (0, "fresh-things", "fresh_things", [])
    Database(database).write(facts["create_table"])
    assert imported(make_app, "fresh-things", sample, "fresh.py") == (len(sample.read_text().splitlines()) - 1, 0)


def imported(make_app, slug: str, sample: Path, path: str) -> tuple[int, int]:
    """What a portal with the importer at `path` makes of the sample: rows that went in, rows that failed."""
    app = make_app(importers=(path,))
    run = app.test_cli_runner().invoke
    begun = run(args=["ingest", "run", slug, "--file", str(sample)])
    assert begun.exit_code == 0, begun.stderr
    with app.app_context():
        drain()
    progress = json.loads(run(args=["ingest", "status", begun.stdout.strip(), "--json"]).stdout)["data"]["progress"]
    return progress["successful"], progress["failed"]


@ON_BOTH
def test_a_table_alone_gives_its_columns_and_rules(new, table) -> None:
    status, out, err = new("OrderLines")
    assert (status, err) == (0, "")
    assert "CREATE TABLE" not in out
    made = drafted()
    kinds = {name: type(column).__name__ for name, column in made.columns.items()}
    assert kinds == {
        "number": "Text",
        "order_date": "Date",
        "colour": "Choice",
        "unit_price": "Decimal",
        "amount": "Integer",
        "mail": "Text",
        "paid": "Boolean",
        "sku": "Text",
        "kind": "Integer",
        "weight": "Number",
        "made": "DateTime",
        "order": "Text",
    }
    assert (made.table, made.key) == ("order_lines", ("number",))
    assert [name for name, column in made.columns.items() if column.required] == [
        "number",
        "order_date",
        "unit_price",
        "weight",
    ]
    assert made.columns["number"].rules == ["required", "at most 20"]
    assert made.columns["colour"].choices == ["red", "green"]
    assert made.columns["unit_price"].places == 2
    assert (made.columns["colour"].default, made.columns["amount"].default) == ("red", 1)
    assert (made.columns["sku"].lookup, made.columns["kind"].lookup) == (Lookup("goods"), Lookup("kinds", "id"))
    assert "# The table's column id is left out: the database numbers its rows by itself." in source()


@ON_BOTH
def test_a_table_and_a_file_are_brought_together(new, table, make_app) -> None:
    status, out, _ = new("Lines", "--table", "order_lines", "--file", "lines.csv")
    assert status == 0
    assert "CREATE TABLE" not in out
    made = drafted("lines.py", "lines")
    assert made.columns["order_date"].headers == ("Order date", "order_date")
    assert made.columns["order_date"].formats == ["%d.%m.%Y"]
    assert type(made.columns["mail"]).__name__ == "Email"
    assert (made.key, made.null_values) == (("number",), ("NA",))
    assert "    # The file has no header for it, and each row needs a value.\n    weight = Number(" in source(
        "lines.py"
    )
    assert "# The file's header “note” is left out: the table has no such column." in source("lines.py")
    refused = (
        make_app(importers=("lines.py",))
        .test_cli_runner()
        .invoke(args=["ingest", "run", "lines", "--file", "lines.csv"])
    )
    assert "The file has no column weight" in refused.stderr
    sample = Path("weighed.csv")
    sample.write_text(
        "\n".join(f"{line},{end}" for line, end in zip(LINES.splitlines(), ("weight", 1, 2), strict=True))
    )
    assert imported(make_app, "lines", sample, "lines.py") == (2, 0)


def test_the_numbers_of_a_table_are_its_key_where_the_file_has_them(new, table) -> None:
    Path("ids.csv").write_text("id,weight\n1,2.5\n")
    assert new("Lines", "--table", "order_lines", "--file", "ids.csv")[0] == 0
    assert drafted("lines.py", "lines").key == ("id",)


def test_a_table_of_another_database(make_app, tmp_path, monkeypatch) -> None:
    url = f"sqlite:///{tmp_path / 'other.db'}"
    Database(url).write("CREATE TABLE members (id INTEGER PRIMARY KEY, name TEXT)")
    monkeypatch.chdir(tmp_path)
    run = make_app(databases={"shop": url}).test_cli_runner().invoke
    done = run(args=["importers", "new", "Members", "--database", "shop"])
    assert (done.exit_code, done.stderr) == (0, "")
    members = drafted("members.py", "members")
    assert (members.database, members.key, list(members.columns)) == ("shop", ("id",), ["id", "name"])
    refused = run(args=["importers", "new", "Others", "--database", "ship"])
    assert (refused.exit_code, refused.stderr) == (
        1,
        "Error: The portal knows no database called ship. Name it in PORTAL_DATABASES.\n",
    )


def test_what_is_there_is_kept_unless_one_insists(new) -> None:
    Path("goods.py").write_text("mine")
    assert new("Goods") == (
        1,
        "",
        "Error: goods.py is there already. Choose another file with --to, or replace it with --force.\n",
    )
    assert source("goods.py") == "mine"
    status, out, _ = new("Goods", "--force")
    assert status == 0
    assert "It takes the place of the importer goods that is there now" in out
    assert drafted("goods.py", "goods").key == ("sku",)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("Goodies",), "The database has no table called goodies. Did you mean goods? Name one with --table, or a"),
        (("Things",), "The database has no table called things. Name one with --table, or a sample file with --file."),
        (("Things", "--file", "not-there.csv"), "not-there.csv can't be read: No such file or directory."),
        (("Things", "--file", "."), ". can't be read: Is a directory."),
        (("Things", "--file", "empty.csv"), "The file is empty."),
        (("Goods", "--to", "goods.txt"), "goods.txt can't be loaded as an importer. Give it a name that ends in .py."),
        (("Goods", "--to", "nowhere/goods.py"), "nowhere/goods.py can't be written: No such file or directory."),
        (("Pictures",), "The table pictures has no column that an importer can have."),
    ],
)
def test_a_refusal_is_one_line_on_standard_error(new, database, words, why) -> None:
    Path("empty.csv").write_text("")
    Database(database).write("CREATE TABLE pictures (bytes BLOB)")
    status, out, err = new(*words)
    assert (status, out) == (1, "")
    assert why in err
    assert err.count("\n") == 1
    assert not list(Path().glob("*.py"))


@pytest.mark.parametrize("words", [(), ("12",), ("Text",), ("Goods", "--tables", "goods"), ("Goods", "--file")])
def test_wrong_usage_is_status_2(new, words) -> None:
    assert new(*words)[0] == 2


def source(path: str = "order_lines.py") -> str:
    return Path(path).read_text()
