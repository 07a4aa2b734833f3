"""Who may import whom, read from the source: a breach fails here, with its file and line."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

RULES = [
    # who                                   may not import
    ("portal.*.engine*", ("flask", "flask_*", "huey", "click", "portal.extensions", "portal.web.*", "portal.tasking")),
    (
        "portal.*.engine*",
        ("portal.*.operations*", "portal.*.views*", "portal.*.queries", "portal.*.tasks", "portal.*.cli*"),
    ),
    ("portal.*.operations*", ("flask.request", "flask_wtf", "wtforms", "click", "portal.*.views*", "portal.*.forms")),
    ("portal.*.operations*", ("portal.*.api*", "portal.*.cli*")),
    (
        "portal.*.queries",
        ("portal.*.operations*", "portal.*.views*", "portal.*.forms", "portal.*.cli*", "portal.*.tasks"),
    ),
    ("portal.*.models", ("portal.*.operations*", "portal.*.queries", "portal.*.views*", "portal.*.engine*")),
    ("portal.*.views*", ("portal.*.cli*", "portal.*.api*", "portal.*.engine*", "portal.*.tasks", "polars")),
    ("portal.*.api*", ("portal.*.cli*", "portal.*.views*", "portal.*.engine*", "portal.*.tasks", "polars")),
    ("portal.*.cli*", ("portal.*.views*", "portal.*.api*", "portal.*.engine*", "portal.*.forms", "flask.request")),
    (
        "portal.client*",
        ("flask*", "sqlalchemy*", "portal.runs*", "portal.accounts*", "portal.extensions", "portal.database"),
    ),
    ("portal.runs*", ("portal.datajobs*", "portal.alignment*")),
    ("portal.datajobs*", ("portal.runs*",)),
    ("portal.alignment*", ("portal.runs*", "portal.datajobs*", "portal.importers*")),
    (
        "portal.alignment.generating*",
        ("sqlalchemy*", "flask*", "huey", "polars", "portal.files*", "portal.database", "portal.extensions"),
    ),
    ("portal.alignment.generating.reading*", ("portal.alignment.generating.embedded*",)),
    ("portal.alignment.lines", ("sqlalchemy*", "flask*", "portal.database", "portal.extensions")),
    (
        "portal.alignment.generating*",
        ("sqlalchemy*", "flask*", "huey", "polars", "portal.database", "portal.extensions", "portal.alignment.models"),
    ),
    ("portal.webhooks*", ("portal.runs*", "portal.datajobs*", "portal.alignment*", "polars")),
    ("portal.webhooks.engine.signing", ("sqlalchemy*", "flask*", "portal.*")),
    ("portal.webhooks.engine.outcomes", ("sqlalchemy*", "flask*", "portal.webhooks.models")),
    ("portal.reading*", ("sqlalchemy*", "flask*", "huey", "portal.runs*", "portal.database", "portal.extensions")),
    (
        "portal.sources*",
        ("sqlalchemy*", "flask*", "huey", "polars", "portal.runs*", "portal.files*", "portal.database"),
    ),
    ("portal.importers.columns", ("sqlalchemy*", "flask*", "polars", "portal.*")),
    ("portal.importers.importer", ("sqlalchemy*", "flask*", "polars", "portal.runs*", "portal.database")),
    ("portal.files*", ("portal.runs*", "portal.datajobs*", "portal.alignment*", "portal.importers*", "polars")),
    (
        "portal.documents*",
        (
            "sqlalchemy*",
            "flask*",
            "huey",
            "polars",
            "portal.runs*",
            "portal.datajobs*",
            "portal.files*",
            "portal.database",
        ),
    ),
    ("portal.lifecycle", ("flask*", "portal.runs*", "portal.extensions")),
    ("portal.progress", ("flask*", "sqlalchemy*", "portal.*")),
    ("portal.web.paging", ("portal.runs*", "portal.accounts*")),
    ("portal.web.filters", ("portal.runs*", "portal.accounts*")),
    ("portal.web.requests", ("portal.runs*", "portal.accounts*")),
    ("portal.extensions", ("portal.runs*", "portal.accounts*", "portal.files*", "portal.importers*", "portal.web*")),
    ("portal.exports*", ("sqlalchemy*", "flask*", "portal.*")),
    ("portal.runs.downloads", ("flask*", "sqlalchemy*", "portal.runs*", "portal.database", "portal.extensions")),
]


def modules() -> dict[str, Path]:
    found = {}
    for path in sorted((ROOT / "portal").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of all that the module imports, inside functions too, but for what only types need."""
    tree = ast.parse(path.read_text())
    only_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in only_types:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are absolute here"
            yield node.lineno, str(node.module)
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


@pytest.mark.parametrize(("who", "forbidden"), RULES)
def test_no_import_crosses_the_layers(who: str, forbidden: tuple[str, ...]) -> None:
    breaches = {
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for module, path in modules().items()
        if fnmatch(module, who)
        for line, name in imports(path)
        if not name.startswith(own_package(module, who))
        if any(fnmatch(name, pattern) for pattern in forbidden)
    }
    assert not breaches, "\n".join(["", *sorted(breaches)])


def own_package(module: str, who: str) -> str:
    """A package that a rule names may import its own modules: the views of a domain each other, say."""
    depth = len(who.rstrip("*").rstrip(".").split("."))
    return ".".join(module.split(".")[:depth])


def test_the_rules_see_something() -> None:
    names = modules()
    assert len(names) > 80
    assert all(any(fnmatch(name, who) for name in names) or "api" in who or "datajobs" in who for who, _ in RULES)
    assert (4, "x.y") not in set(imports(names["portal.progress"]))


def test_a_breach_would_be_seen(tmp_path: Path) -> None:
    path = tmp_path / "breach.py"
    path.write_text("def f():\n    from flask import request\n")
    assert (2, "flask.request") in set(imports(path))


def test_the_web_process_starts_without_polars() -> None:
    """It is large, and its threads don't survive the fork of a server."""
    program = "import sys, portal, portal.runs.views, portal.runs.operations; sys.exit('polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
