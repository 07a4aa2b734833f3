"""Shapes of JSON as columns of CSV. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NotRequired, get_origin

from typing_extensions import get_type_hints, is_typeddict

from portal.exports.formulas import guarded


class Columns:
    """The columns of things whose JSON has `shape`, a TypedDict. A shape within it gives a column for each of its
    parts, "progress_total"; what isn't always there gives none."""

    def __init__(self, shape: type) -> None:
        self._paths = list(_paths(shape))
        self.names = ["_".join(path) for path in self._paths]

    def cells(self, thing: Mapping[str, Any]) -> list[object]:
        """One thing's cells below `names`, guarded against formulas; lists and free objects are JSON."""
        return [_cell(_part(thing, path)) for path in self._paths]


def _paths(shape: type) -> Iterator[tuple[str, ...]]:
    for name, kind in get_type_hints(shape, include_extras=True).items():
        if is_typeddict(kind):
            yield from ((name, *path) for path in _paths(kind))
        elif not _is_optional(kind):
            yield (name,)


def _is_optional(kind: Any) -> bool:
    return get_origin(kind) is NotRequired


def _part(thing: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        thing = thing[name]
    return thing


def _cell(value: Any) -> object:
    if isinstance(value, str):
        return guarded(value)
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    return json.dumps(value, ensure_ascii=False)
