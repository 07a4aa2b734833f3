"""Hooks and settings for how a run goes on, as a class declares them."""

from __future__ import annotations

from typing import Any

import pytest

from portal.importers import Importer, Text
from portal.importers.conduct import USUAL, KeepRows, Transaction
from portal.importers.hooks import NO_HOOKS


def importer(members: dict[str, Any], **settings: Any) -> Any:
    return type("Sample", (Importer,), {"name": Text()} | members, table="t", **settings).definition


def test_an_importer_without_hooks_has_none() -> None:
    definition = importer({})
    assert (definition.hooks, definition.conduct, definition.follows_rows) == (NO_HOOKS, USUAL, False)


def test_settings_are_kept() -> None:
    conduct = importer({}, chunk_rows=7, stop_after=0, keep_rows="all", transaction="run").conduct
    assert (conduct.chunk_rows, conduct.stop_after) == (7, 0)
    assert (conduct.keep_rows, conduct.transaction) == (KeepRows.ALL, Transaction.RUN)


def test_a_hook_is_given_only_what_it_asks_for() -> None:
    def after_row(self: object, row: object, connection: object) -> tuple[object, object]:
        return row, connection

    definition = importer({"after_row": after_row})
    assert definition.hooks.after_row.offered(run="run", connection="connection")("row") == ("row", "connection")
    assert definition.follows_rows


def test_a_hook_may_be_static_and_inherited() -> None:
    class Parent:
        @staticmethod
        def before_run(run: object) -> object:
            return run

    definition = type("Child", (Parent, Importer), {"name": Text()}, table="t").definition
    assert definition.hooks.before_run.offered(connection="connection")("run") == "run"


def test_a_column_may_be_called_like_a_hook() -> None:
    definition = importer({"before_row": Text()})
    assert (definition.hooks, "before_row" in definition.columns) == (NO_HOOKS, True)


@pytest.mark.parametrize(
    ("name", "hook", "told"),
    [
        ("before_row", lambda _self: None, "takes row and, by name, run; not nothing."),
        (
            "before_row",
            lambda _self, row, connection: (row, connection),
            "takes row and, by name, run; not row, connection.",
        ),
        ("after_chunk", lambda _self, rows: rows, "takes rows, counts and, by name, run and connection; not rows."),
    ],
)
def test_a_hook_that_takes_something_else_is_refused(name: str, hook: Any, told: str) -> None:
    with pytest.raises(TypeError, match=f"Its {name} {told}"):
        importer({name: hook})


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"chunk_rows": 0}, "Its chunk_rows must be a number of rows from 1, not 0."),
        ({"chunk_rows": "many"}, "Its chunk_rows must be a number of rows from 1, not 'many'."),
        ({"stop_after": -1}, "Its stop_after must be a number of failed rows from 0, not -1."),
        ({"stop_after": True}, "Its stop_after must be a number of failed rows from 0, not True."),
        ({"keep_rows": "none"}, "Its keep_rows must be failed or all, not 'none'."),
        ({"transaction": "row"}, "Its transaction must be chunk or run, not 'row'."),
    ],
)
def test_settings_that_can_not_be_are_refused(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(TypeError, match=f"Sample: {told}"):
        importer({}, **settings)
