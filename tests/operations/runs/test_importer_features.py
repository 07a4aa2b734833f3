"""What an importer's author can declare: each example of docs/importers.md does what stands beneath it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.errors import BadInput
from portal.importers import Boolean, Column, Date, DateTime, Decimal, Definition, Integer, Number, find_importer
from portal.lifecycle import RunStatus
from tests.support.lab import Lab, counts
from tests.support.rows import failures, good, judged

DOCUMENT = (Path(__file__).parents[3] / "docs" / "importers.md").read_text()
CODES = {
    name: code
    for code in re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
    for name in re.findall(r"^class (\w+)\(Importer", code, re.MULTILINE)
}
BLOCKS = r"(```sql\n(?:(?!```).)*```\s+)?```python\n((?:(?!```).)*)```\s+```csv\n(.*?)```\s+```text\n(.*?)```"
OUTCOMES = re.findall(BLOCKS, DOCUMENT, re.DOTALL)
EXAMPLES = {
    name: (rows, outcome)
    for tables, code, rows, outcome in OUTCOMES
    for name, known in CODES.items()
    if known == code and not tables  # those with tables of their own: test_related_examples.py
}
TYPES: dict[type[Column], str] = {
    Integer: "BIGINT",
    Number: "DOUBLE PRECISION",
    Decimal: "NUMERIC",
    Boolean: "BOOLEAN",
    Date: "DATE",
    DateTime: "TIMESTAMP",
}
BROKEN = """
from portal.importers import Concat, Importer, Integer, Polars, Python, Rule, Text, Value

class Dividing(Importer, table="numbers"):
    number = Integer(after=Polars(lambda number: number.str.len_chars()))

class Comparing(Importer, table="numbers"):
    number = Integer()
    has_x = Rule(Value("number").str.contains("x"), "It has an x.")

class Halves(Importer, table="halves", key="code", on_duplicate="skip"):
    shop = Text(written=False, transform=Python(str.upper))
    number = Integer(written=False)
    code = Text(computed=Concat("shop", "number", separator="-"), maximum=8)
    name = Text()
"""


@pytest.fixture
def app(make_app: Callable[..., Flask], tmp_path: Path) -> Flask:
    (tmp_path / "broken.py").write_text(BROKEN)
    for name, code in CODES.items():
        (tmp_path / f"{name}.py").write_text(code)
    files = [str(tmp_path / f"{name}.py") for name in ("broken", *CODES)]
    return make_app(importers=tuple(files))


def create_table(lab: Lab, definition: Definition) -> None:
    columns = [
        f"{name} {TYPES.get(type(column), 'TEXT')}" for name, column in definition.columns.items() if column.written
    ]
    key = [f"PRIMARY KEY ({', '.join(definition.key)})"] if definition.key else []
    lab.write(f"CREATE TABLE {definition.table} ({', '.join(columns + key)})")


def importer_called(name: str) -> Definition:
    found = find_importer(re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower())
    assert found is not None
    return found


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_does_what_stands_beneath_it(lab: Lab, name: str) -> None:
    definition = importer_called(name)
    create_table(lab, definition)
    run = lab.run(definition.slug, EXAMPLES[name][0])
    columns = [column for column in definition.columns if definition.columns[column].written]
    written = lab.rows(f"SELECT {', '.join(columns)} FROM {definition.table}")
    assert outcome(run.total or 0, columns, written, lab.failed_rows(run.id)) == EXAMPLES[name][1]


def outcome(total: int, columns: list[str], written: list[tuple], failed: dict[int, str]) -> str:
    """What became of each row, in the words of the document; `written` are in order those that didn't fail."""
    left, lines = iter(written), []
    for number in range(1, total + 1):
        if number in failed:
            lines.append(f"row {number}: failed: {failed[number]}\n")
        else:
            values = zip(columns, next(left), strict=True)
            given = ", ".join(f"{name}={value}" for name, value in values if value is not None)
            lines.append(f"row {number}: {given}\n")
    assert next(left, None) is None
    return "".join(lines)


def test_the_document_has_an_example_of_each_feature() -> None:
    assert {"Talks", "Invoices", "OrderLines", "Customers", "Bookings", "Volunteers", "Parcels"} <= set(EXAMPLES)


@pytest.mark.parametrize(
    ("slug", "told"),
    [("dividing", "The importer's transform of the column number"), ("comparing", "The importer's rule has_x")],
)
def test_an_expression_that_can_not_be_evaluated_ends_the_run(lab: Lab, slug: str, told: str) -> None:
    lab.write("CREATE TABLE numbers (number BIGINT, name TEXT)")
    run = lab.run(slug, "number\n1\n2\n")
    assert run.status == RunStatus.FAILED
    assert str(run.error).startswith(f"{told} can't be worked out: ")
    assert "author" in str(run.error_fix)
    assert lab.rows("SELECT * FROM numbers") == []


@pytest.mark.parametrize(
    ("name", "header", "told"),
    [
        ("Strict", "Code,NUMBER,name", "no column takes “NUMBER”"),
        ("Strict", "NUMBER,name", None),
        ("Strict", "code,name,extra", "no column takes “extra”"),
        ("Strict", "code", "there is none for “name”"),
        ("Strict", "code,nam", "no column takes “nam”, and there is none for “name”"),
        ("InOrder", "CODE,name,Note", None),
        ("InOrder", "name,code,note", "it has them in another order"),
        ("InOrder", "code,label,extra", "it lacks “name” and “note” and it has “label” and “extra” beside them"),
    ],
)
def test_headers_are_refused_with_what_is_other(lab: Lab, name: str, header: str, told: str | None) -> None:
    definition = importer_called(name)
    create_table(lab, definition)
    content = f"{header}\n{','.join('1' * len(header.split(',')))}\n"
    if told is None:
        assert counts(lab.run(definition.slug, content)) == (1, 1, 0, 0)
        return
    with pytest.raises(BadInput) as refused:
        lab.run(definition.slug, content)
    assert told in refused.value.detail
    assert refused.value.fix
    assert lab.uploads() == []


def test_a_download_of_failed_rows_comes_back_to_a_strict_importer(lab: Lab) -> None:
    definition = importer_called("Strict")
    create_table(lab, definition)
    run = lab.run(definition.slug, "number,name\nA,too long\n")
    lab.correct(run.id, lab.download(run.id).replace("too long", "fine"))
    assert lab.rows("SELECT code, name FROM strict") == [("A", "fine")]


def test_several_values_in_a_cell_become_lists(lab: Lab) -> None:
    items = '[{"sku": "A1", "qty": 2}]'
    verdict = judged(importer_called("Baskets"), ["code", "tags", "items"], ("1", "red, green", items))
    assert good(verdict) == {1: {"code": "1", "tags": ["red", "green"], "items": [{"sku": "A1", "amount": 2}]}}
    verdict = judged(importer_called("Baskets"), ["code", "tags", "items"], ("2", "unknown", '[{"qty": 1}]'))
    assert failures(verdict) == {1: ["items.sku.required", "tags.entry.lookup"]}


def test_pages_tell_what_an_importer_does(app: Flask, sign_in: Callable[..., FlaskClient]) -> None:
    browser = sign_in()
    page = browser.get("/importers/order-lines").text
    assert "computed: amount * price" in page
    assert browser.get("/importers/order-lines/template.csv").text.splitlines()[0] == "order,position,amount,price"
    for name in EXAMPLES:
        with app.app_context():
            slug = importer_called(name).slug
        assert browser.get(f"/importers/{slug}").status_code == 200


def test_a_computed_key_is_one_key_in_all_its_spellings(lab: Lab) -> None:
    lab.write("CREATE TABLE halves (code TEXT PRIMARY KEY, name TEXT)")
    run = lab.run("halves", "shop,number,name\na,1,first\n A ,01,again\nb,1,other\n,,none\ntoo-long,1,x\n")
    assert counts(run) == (5, 2, 2, 1)
    assert lab.rows("SELECT code, name FROM halves ORDER BY code") == [("A-1", "first"), ("B-1", "other")]
    again = lab.run("halves", "shop,number,name\na,001,later\nc,3,new\n")
    assert counts(again) == (2, 1, 0, 1)
    rehearsed = lab.run("halves", "shop,number,name\nd,1,first\nD,1,second\n", dry_run=True)
    assert counts(rehearsed) == (2, 1, 0, 1)
