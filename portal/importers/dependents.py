"""Which columns depend on others, and the order in which they can be worked out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from portal.importers.columns import Column
from portal.importers.transforms import inputs_of


def value_inputs(column: Column) -> tuple[str, ...]:
    """The columns that must be known before the value of `column` is."""
    return (*inputs_of(column.computed), *inputs_of(column.used_if))


def dependents_in_order(columns: Mapping[str, Column]) -> tuple[str, ...]:
    """The columns whose value depends on others, each after those that it depends on.

    Raises TypeError when they go round in a circle.
    """
    graph = {name: inputs for name, column in columns.items() if (inputs := value_inputs(column))}
    try:
        return tuple(name for name in TopologicalSorter(graph).static_order() if name in graph)
    except CycleError as error:
        circle = " needs ".join(reversed(error.args[1]))
        raise TypeError(f"Its columns go round in a circle: {circle}.") from None


def with_inputs(names: Iterable[str], columns: Mapping[str, Column]) -> set[str]:
    """`names` and all columns that their values depend on."""
    found: set[str] = set()
    left = list(names)
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += value_inputs(columns[name]) if name in columns else ()
    return found
