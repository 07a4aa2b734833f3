"""Values of JSON as Markdown: records that are alike become a table, all else nested lists."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from portal.documents.writing import escaping, tables

DEEPEST = 12
"""Levels of lists. What is deeper is given as JSON."""
_MOST_COLUMNS = 60


def markdown(value: Any) -> str:
    """A value of JSON, as `json.loads` gives it."""
    if is_table(value):
        return _table(value)
    if isinstance(value, dict):
        return "\n\n".join(_members(value))
    return "\n".join(_lines(value, 0)) if isinstance(value, list) else plain(value)


def is_table(value: Any) -> bool:
    """Whether a value is a list of records whose members are single values, and mostly the same ones."""
    if not isinstance(value, list) or not value or not all(isinstance(row, dict) and row for row in value):
        return False
    columns = _columns(value)
    simple = all(not isinstance(member, (dict, list)) or not member for row in value for member in row.values())
    return simple and len(columns) <= _MOST_COLUMNS and sum(map(len, value)) >= 0.3 * len(columns) * len(value)


def plain(value: Any) -> str:
    """A single value."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return escaping.inline(value)
        case _:
            return escaping.inline(json.dumps(value, ensure_ascii=False))


def _members(value: dict[str, Any]) -> Iterator[str]:
    """The members of the whole: tables stand under headings, all else is listed."""
    pending: dict[str, Any] = {}
    for name, member in value.items():
        if not is_table(member):
            pending[name] = member
            continue
        if pending:
            yield "\n".join(_lines(pending, 0))
        yield from (f"## {' '.join(escaping.inline(str(name)).split())}", _table(member))
        pending = {}
    if pending:
        yield "\n".join(_lines(pending, 0))


def _table(rows: list[dict[str, Any]]) -> str:
    columns = _columns(rows)
    body = ([plain(row.get(column)) for column in columns] for row in rows)
    return tables.table([[escaping.inline(column) for column in columns], *body])


def _columns(rows: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(column for row in rows for column in row))


def _lines(value: Any, depth: int) -> Iterator[str]:
    pairs = value.items() if isinstance(value, dict) else ((None, member) for member in value)
    for name, member in pairs:
        mark = "  " * depth + "-" + (f" **{_one_line(escaping.inline(name))}:**" if name else "")
        if not isinstance(member, (dict, list)) or not member:
            yield f"{mark} {_one_line(plain(member))}".rstrip()
        elif depth >= DEEPEST:
            yield f"{mark} {escaping.code(json.dumps(member, ensure_ascii=False))}"
        else:
            yield mark
            yield from _lines(member, depth + 1)


def _one_line(text: str) -> str:
    return "<br>".join(text.splitlines()) if "\n" in text or "\r" in text else text
