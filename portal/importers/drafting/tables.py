"""What a table that is there wants of an importer: its columns, its key, its references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Inspector, inspect, text
from sqlalchemy import types as sql

from portal.importers import Boolean, Choice, Column, Date, DateTime, Decimal, Integer, Lookup, Number, Text
from portal.importers.drafting.choices import choices_by_column, text_default
from portal.importers.drafting.draft import ColumnDraft
from portal.importers.drafting.naming import is_attribute

UNSAID_PLACES = 10
"""Digits after the point where the table takes any number of them."""


@dataclass(frozen=True)
class TableFacts:
    """A table's columns as drafts. `keys` are what its rows are known by, the best first; `numbered` is the column
    that the database itself fills with numbers, if there is one."""

    columns: tuple[ColumnDraft, ...]
    keys: tuple[tuple[str, ...], ...]
    numbered: str | None
    left_out: tuple[str, ...]


def table_names(engine: Engine) -> list[str]:
    """The tables and views that an importer can write to."""
    found = inspect(engine)
    return sorted([*found.get_table_names(), *found.get_view_names()])


def table_facts(engine: Engine, table: str) -> TableFacts:
    """What is known of `table`, which must be there."""
    found = inspect(engine)
    listed = _listed(engine, found, table)
    reasons = {column["name"]: _reason_against(column) for column in listed}
    allowed = choices_by_column(check["sqltext"] for check in found.get_check_constraints(table))
    lookups = dict(_lookups(found, table))
    columns = [
        _column(column, allowed.get(column["name"]), lookups.get(column["name"]))
        for column in listed
        if not reasons[column["name"]]
    ]
    names = {column.name for column in columns}
    return TableFacts(
        tuple(columns),
        tuple(key for key in _keys(found, table) if names.issuperset(key)),
        _numbered(found, table),
        tuple(reason for reason in reasons.values() if reason),
    )


def _listed(engine: Engine, found: Inspector, table: str) -> list[Mapping[str, Any]]:
    """The columns with their types. SQLite takes any word for a type, and SQLAlchemy those that it doesn't know for
    numbers: such words are looked at here."""
    listed: list[Mapping[str, Any]] = list(found.get_columns(table))
    if engine.dialect.name != "sqlite":
        return listed
    with engine.connect() as connection:
        query = text("SELECT name, upper(type) FROM pragma_table_info(:name)")
        words: dict[str, str] = dict(connection.execute(query, {"name": table}).tuples().all())
    return [
        {**column, "type": sql.DateTime() if "TIME" in words[column["name"]] else sql.Text()}
        if type(column["type"]) is sql.NUMERIC and not words[column["name"]].startswith(("NUM", "DEC"))
        else column
        for column in listed
    ]


def _reason_against(column: Mapping[str, Any]) -> str:
    """Why an importer can't have the column, or nothing."""
    name = column["name"]
    if column.get("computed"):
        return f"The table's column {name} is left out: the database computes it."
    if isinstance(column["type"], sql.LargeBinary):
        return f"The table's column {name} is left out: it holds binary data."
    if not is_attribute(name):
        return f"The table's column {name} is left out: an attribute in Python can't be called so."
    return ""


def _column(column: Mapping[str, Any], choices: list[str] | None, lookup: Lookup | None) -> ColumnDraft:
    kind, settings = _kind(column["type"])
    if choices and kind is Text:
        kind, settings = Choice, {"choices": choices}
    default = _default(kind, column["default"] or "")
    required = None if column["nullable"] or column["default"] or column.get("identity") else True
    draft = ColumnDraft(column["name"], kind, {})
    return draft.with_settings(**settings, required=required, lookup=lookup, default=default)


def _kind(type_: sql.TypeEngine[Any]) -> tuple[type[Column], dict[str, Any]]:
    match type_:
        case sql.Boolean():
            return Boolean, {}
        case sql.Enum():
            return Choice, {"choices": list(type_.enums)}
        case sql.Integer():
            return Integer, {}
        case sql.Float():
            return Number, {}
        case sql.Numeric():
            return Decimal, {"places": UNSAID_PLACES if type_.scale is None else type_.scale}
        case sql.DateTime():
            return DateTime, {}
        case sql.Date():
            return Date, {}
        case sql.String() if type_.length:
            return Text, {"maximum": type_.length}
        case _:
            return Text, {}


def _default(kind: type[Column], default: str) -> object:
    """What the database would write for a missing value, where that is plain: a cell that is empty is to get it too."""
    literal = text_default(default)
    plain = default.strip("()") if literal is None else literal
    if kind in (Text, Choice):
        return literal
    if kind is Integer and plain.lstrip("-").isdigit():
        return int(plain)
    if kind is Boolean:
        return {"true": True, "1": True, "false": False, "0": False}.get(plain.casefold())
    return None


def _lookups(found: Inspector, table: str) -> Iterator[tuple[str, Lookup]]:
    """References of one column to another table. One to the table itself can't be looked up before it is filled."""
    for reference in found.get_foreign_keys(table):
        names, others = reference["constrained_columns"], reference["referred_columns"]
        if len(names) == 1 and not reference["referred_schema"] and reference["referred_table"] != table:
            [name], [other] = names, others
            yield name, Lookup(reference["referred_table"], None if other == name else other)


def _keys(found: Inspector, table: str) -> Iterator[tuple[str, ...]]:
    primary = tuple(found.get_pk_constraint(table)["constrained_columns"])
    if primary:
        yield primary
    for index in found.get_indexes(table, include_auto_indexes=True):  # SQLite's own, behind UNIQUE in a column
        partial = any(name.endswith("_where") for name in index.get("dialect_options", {}))
        if index["unique"] and not partial and None not in index["column_names"]:
            yield tuple(name for name in index["column_names"] if name)


def _numbered(found: Inspector, table: str) -> str | None:
    """The only column of the primary key, if the database gives a number where none is written."""
    names = found.get_pk_constraint(table)["constrained_columns"]
    columns = {column["name"]: column for column in found.get_columns(table)}
    if len(names) != 1 or not isinstance(columns[names[0]]["type"], sql.Integer):
        return None
    column = columns[names[0]]
    given = found.dialect.name == "sqlite" or column.get("identity") or column.get("autoincrement") is True
    return names[0] if given else None
