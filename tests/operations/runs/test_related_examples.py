"""The examples of docs/importers.md that write to several tables do what stands beneath them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.support.lab import Lab
from tests.support.related import IDS

DOCUMENT = (Path(__file__).parents[3] / "docs" / "importers.md").read_text()
BLOCKS = r"\s+".join(rf"```{language}\n((?:(?!```).)*?)```" for language in ("sql", "python", "csv", "json"))
EXAMPLES = {
    re.findall(r"^class (\w+)\(\s*Importer", found[1], re.MULTILINE)[-1]: found
    for found in re.findall(BLOCKS, DOCUMENT, re.DOTALL)
}


@pytest.fixture
def example_lab(make_app: Callable[..., Flask], tmp_path: Path, name: str) -> Iterator[Lab]:
    (tmp_path / "example.py").write_text(EXAMPLES[name][1])
    app = make_app(importers=(str(tmp_path / "example.py"),))
    with app.app_context():
        yield Lab(app, tmp_path)


@pytest.mark.parametrize("name", ["Trips", "Baskets", "Sales"])
def test_an_example_does_what_stands_beneath_it(example_lab: Lab, name: str) -> None:
    statements, _, rows, tables = EXAMPLES[name]
    for statement in filter(str.strip, statements.split(";")):
        example_lab.write(statement.replace("id INTEGER PRIMARY KEY", f"id {IDS[example_lab.database]}"))
    run = example_lab.run(name.lower(), rows)
    assert not run.error
    for table, expected in json.loads(tables).items():
        assert sorted(map(list, example_lab.rows(f"SELECT * FROM {table}"))) == expected
