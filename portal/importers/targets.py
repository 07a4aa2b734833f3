"""The tables that an importer writes to and looks into, and what is wrong with how it names them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portal.importers.columns import Column
from portal.importers.nested import Many, Nested

if TYPE_CHECKING:
    from portal.importers.importer import Definition


@dataclass(frozen=True)
class TableBy:
    """Each row goes to the table that `tables` names for its value in `column`; a row without one goes to the
    importer's own table, and one with another value fails."""

    column: str
    tables: Mapping[object, str]


def target_tables(definition: Definition) -> list[str]:
    """The tables that rows may go to, the importer's own first."""
    chosen = definition.table_by.tables.values() if definition.table_by else ()
    return list(dict.fromkeys((definition.table, *chosen)))


def tables_in_use(definition: Definition) -> dict[str, str]:
    """All tables that must be there, each with what the importer does with it: "looks into", "writes to"."""
    return dict.fromkeys(_looked_into(definition), "looks into") | dict.fromkeys(_written(definition), "writes to")


def _looked_into(definition: Definition) -> Iterator[str]:
    for column in definition.columns.values():
        if isinstance(column, Nested):
            yield from _looked_into(column.definition)
        elif column.lookup:
            yield column.lookup.table


def _written(definition: Definition) -> Iterator[str]:
    yield from target_tables(definition)
    nested = [column for column in definition.columns.values() if isinstance(column, Nested)]
    yield from (column.definition.table for column in nested)


def problems_of_targets(definition: Definition) -> Iterator[str]:
    """What is wrong with look-ups, with what is written to other tables, and with `table_by`, in sentences."""
    for column in definition.columns.values():
        if column.lookup is not None and not isinstance(column, Many):
            yield from _problems_of_lookup(column, definition)
        if isinstance(column, Nested):
            yield from _problems_of_link(column, definition)
    yield from _problems_of_table_by(definition)


def _problems_of_lookup(column: Column, definition: Definition) -> Iterator[str]:
    lookup = column.lookup
    if lookup is None:
        return
    if lookup.create and not lookup.create_missing:
        yield f"The look-up of {column.name} says what to create, but not create_missing=True."
    if (lookup.column or column.name) in lookup.create:
        yield f"The look-up of {column.name} creates rows with the value itself: leave it out of create."
    for name in lookup.inputs:
        other = definition.columns.get(name)
        if other is None or isinstance(other, Nested):
            yield f"The look-up of {column.name} creates rows from {name}, which isn't a column with a value."


def _problems_of_link(column: Nested, definition: Definition) -> Iterator[str]:
    if not definition.key:
        yield f"Without a key nothing tells which row the {column.name} belong to."
        return
    link, refers_to = column.references(definition.key)
    if len(link) != len(refers_to):
        yield f"{column.name} must have one column for each that refers to the row: {', '.join(refers_to)}."


def _problems_of_table_by(definition: Definition) -> Iterator[str]:
    if definition.table_by is None:
        return
    column = definition.columns.get(definition.table_by.column)
    if column is None or isinstance(column, Nested):
        yield f"table_by names {definition.table_by.column}, which isn't a column with a value."
    if not definition.table_by.tables:
        yield "table_by names no tables."
