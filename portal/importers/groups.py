"""Columns that several importers share, and what a class has of columns and rules once they are put in."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import replace

from portal.importers.columns import Column
from portal.importers.rules import Rule
from portal.importers.transforms import with_columns_renamed


class Group:
    """The columns and rules of the class `columns`, each name and header with `prefix` before it:

        class Address:
            street = Text(required=True)
            city = Text()

        class Orders(Importer, table="orders"):
            billing = Group(Address)  # billing_street, billing_city

    Without a `prefix` it is the group's own name with an underscore.
    """

    def __init__(self, columns: type, *, prefix: str | None = None) -> None:
        self.columns, self.prefix = columns, prefix

    def __set_name__(self, owner: type, name: str) -> None:
        self.prefix = f"{name}_" if self.prefix is None else self.prefix


def columns_of(cls: type) -> dict[str, Column]:
    """The columns of the class and of its parents, the parents' first, groups put in at their place.

    Raises TypeError when a group brings in a column that is there already.
    """
    found: dict[str, Column] = {}
    for name, member in _members(cls).items():
        brought = {name: member} if isinstance(member, Column) else _columns_of_group(member)
        for clash in brought.keys() & found.keys():
            raise TypeError(f"{cls.__name__}: The group {name} brings in {clash}, which is a column already.")
        found |= brought
    return found


def rules_of(cls: type) -> tuple[Rule, ...]:
    """The rules of the class, of its parents and of its groups."""
    found: list[Rule] = []
    for member in _members(cls).values():
        if isinstance(member, Rule):
            found.append(member)
        elif isinstance(member, Group):
            found += [_renamed_rule(rule, _renaming(member)) for rule in rules_of(member.columns)]
    return tuple(found)


def _members(cls: type) -> dict[str, object]:
    return {name: value for parent in reversed(cls.__mro__) for name, value in vars(parent).items()}


def _columns_of_group(member: object) -> dict[str, Column]:
    if not isinstance(member, Group):
        return {}
    rename = _renaming(member)
    columns = [_renamed_column(column, rename) for column in columns_of(member.columns).values()]
    return {column.name: column for column in columns}


def _renaming(group: Group) -> Callable[[str], str]:
    return lambda name: f"{group.prefix}{name}"


def _renamed_column(column: Column, rename: Callable[[str], str]) -> Column:
    derived = {name: with_columns_renamed(getattr(column, name), rename) for name in DERIVED}
    header, lookup = column.header and rename(column.header), column.lookup and column.lookup.renamed(rename)
    made = replace(column, header=header, aliases=list(map(rename, column.aliases)), lookup=lookup, **derived)
    made.name = rename(column.name)
    return made


DERIVED = ("computed", "required_if", "used_if")
"""The settings of a column that name other columns."""


def _renamed_rule(rule: Rule, rename: Callable[[str], str]) -> Rule:
    made = copy(rule)
    made.condition = with_columns_renamed(rule.condition, rename)
    made.fields, made.name = tuple(map(rename, rule.fields)), rename(rule.name)
    return made
