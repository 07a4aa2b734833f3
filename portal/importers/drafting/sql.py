"""The statement that makes a draft's table."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column as TableColumn
from sqlalchemy import Dialect, MetaData, Table
from sqlalchemy import types as sql
from sqlalchemy.schema import CreateTable

from portal.importers import Boolean, Column, Date, DateTime, Decimal, Integer, Number
from portal.importers.drafting.draft import ColumnDraft, Draft

DIGITS = 38
"""Of exact numbers, as many as the engine takes."""

TYPES: dict[type[Column], sql.TypeEngine[Any]] = {
    Integer: sql.BigInteger(),
    Number: sql.Double(),
    Boolean: sql.Boolean(),
    Date: sql.Date(),
    DateTime: sql.DateTime(timezone=True),
}


def create_table(draft: Draft, dialect: Dialect) -> str:
    """CREATE TABLE in the words of `dialect`, with the draft's key as primary key."""
    columns = [_column(column, column.name in draft.key) for column in draft.columns]
    statement = CreateTable(Table(draft.table, MetaData(), *columns))
    lines = str(statement.compile(dialect=dialect)).strip().splitlines()
    return "\n".join(line.replace("\t", "    ").rstrip() for line in lines) + ";"


def _column(column: ColumnDraft, in_key: bool) -> TableColumn[Any]:
    kind: sql.TypeEngine[Any] = TYPES.get(column.kind, sql.Text())
    if column.kind is Decimal:
        kind = sql.Numeric(DIGITS, column.settings["places"])
    return TableColumn(column.name, kind, primary_key=in_key, nullable=not column.needs_a_value, autoincrement=False)
