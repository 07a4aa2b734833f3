"""What the documents say can be done."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from flask import Flask

from portal.cli import main
from portal.importers import Definition, registry

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
EXAMPLES = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "importers.md").read_text(), re.DOTALL)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_to_files_that_are_there(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", document.read_text()):
        if not target.startswith("http"):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_make_targets_exist(document: Path) -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z-]+)\b(?=[`\s]*[`|\n])", document.read_text()))
    assert named <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_portal_commands_are_understood(app: Flask, document: Path) -> None:
    portal = click.Group(commands={**main.commands, **app.cli.commands})
    for line in re.findall(r"(?:^|`)(?:\.venv/bin/)?portal ([a-z][^`\n]*)(?=`|$)", document.read_text(), re.MULTILINE):
        understand(portal, shlex.split(line.replace("EMAIL", "ann@example.com")))


def test_every_setting_is_documented() -> None:
    names = set(re.findall(r'"((?:PORTAL|LLM)_[A-Z_]+)"', (ROOT / "config.py").read_text()))
    documented = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs" / "deployment.md").read_text()))
    assert names > {"PORTAL_DATA_DIR", "LLM_BASE_URL"}
    assert names <= documented


def test_the_example_of_an_importer_is_one(tmp_path: Path) -> None:
    assert EXAMPLES, "docs/importers.md has an example."
    (tmp_path / "members.py").write_text(EXAMPLES[0])
    members: Definition = registry.load_importers((str(tmp_path / "members.py"),))["members"]
    assert members.key == ("email",)
    assert members.columns["country"].rules == ["found in countries.code"]
    assert [column.name for column in members.required_columns] == ["email", "name"]


def understand(command: click.Command, arguments: list[str]) -> None:
    """Parse `arguments` as the command line would; fails on a command or option that isn't there."""
    context = click.Context(command, info_name="portal")
    while isinstance(command, click.Group) and arguments and not arguments[0].startswith("-"):
        name = arguments.pop(0)
        found = command.get_command(context, name)
        assert found is not None, f"There is no command {name}."
        command, context = found, click.Context(found, parent=context, info_name=name)
    if not isinstance(command, click.Group):
        command.make_parser(context).parse_args(arguments)
