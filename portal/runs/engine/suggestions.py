"""What each group of failures rests on, gathered once when its run is over: its values, and a fix in words."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnClause, Text, cast, func, select
from sqlalchemy import column as sql_column
from sqlalchemy import table as sql_table

from portal.importers import Definition, Lookup
from portal.runs.engine.context import Context
from portal.runs.engine.fixes import fix_for_lookup, fix_for_type
from portal.runs.models import IngestErrorGroup, IngestRowError, IngestRun

KEPT_VALUES = 10
"""How many of a group's values are kept on it, the most frequent first."""

KNOWN_VALUES = 5_000
"""A look-up table with more rows than this is not searched for look-alikes."""


Descriptions = list[tuple[int, dict[str, Any]]]
"""Ids of groups, each with what is to be set on it."""


def describe_groups(context: Context, run: IngestRun) -> Descriptions:
    """The run's groups, each with its values and a fix."""
    query = select(IngestErrorGroup).where(IngestErrorGroup.run_id == run.id)
    definition = context.find_importer(run.importer)
    return [(group.id, _described(context, group, definition)) for group in context.session.scalars(query).all()]


def _described(context: Context, group: IngestErrorGroup, definition: Definition | None) -> dict[str, Any]:
    rows = func.count().label("rows")
    of_group = select(IngestRowError.value, rows).where(IngestRowError.group_id == group.id)
    by_value = of_group.group_by(IngestRowError.value)
    counted = context.session.execute(by_value.order_by(rows.desc(), IngestRowError.value).limit(KEPT_VALUES))
    values = [[value, count] for value, count in counted]
    distinct = context.session.scalar(select(func.count()).select_from(by_value.subquery())) or 0
    fix = _fix(context, group, definition, [str(value) for value, _ in values if value], distinct)
    return {"values": values, "distinct_values": distinct, "suggested_fix": fix or group.suggested_fix}


def _fix(
    context: Context, group: IngestErrorGroup, definition: Definition | None, values: list[str], distinct: int
) -> str | None:
    column = definition.columns.get(group.field) if definition else None
    if definition is None or column is None or not values:
        return None
    if group.rule == "lookup" and column.lookup:
        known = _known_values(context, definition, column.lookup, column.name)
        return fix_for_lookup(column, column.lookup.table, values, distinct, known)
    return fix_for_type(column, values) if group.rule == "type" else None


def _known_values(context: Context, definition: Definition, lookup: Lookup, name: str) -> list[str]:
    wanted: ColumnClause[Any] = sql_column(lookup.column or name)
    query = select(cast(wanted, Text)).select_from(sql_table(lookup.table)).limit(KNOWN_VALUES + 1)
    if definition.database:
        with context.connect(definition.database) as connection:
            found = [value for value in connection.scalars(query) if value]
    else:
        found = [value for value in context.session.scalars(query) if value]
    return found if len(found) <= KNOWN_VALUES else []
