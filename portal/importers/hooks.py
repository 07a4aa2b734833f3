"""Hooks: methods of an importer that are called while a run goes on, and what they are given. Knows no database.

A hook takes what its name says and may ask, by the name of a further argument, for the `run` and the `connection`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import partial
from typing import Any


@dataclass(frozen=True)
class RunFacts:
    """What a hook is told of its run. Counts are rows, as far as they are committed; `total` is None until the whole
    file is staged."""

    id: int
    importer: str
    dry_run: bool
    original_filename: str
    status: str
    total: int | None
    successful: int
    failed: int
    skipped: int


@dataclass(frozen=True)
class ChunkCounts:
    """What became of the rows of one chunk."""

    successful: int
    failed: int
    skipped: int


class RowError(Exception):
    """Raised by `before_row` and `after_row`: this row fails, for `message`, in plain words.

    Rows that fail alike are told of together, so the message does without the value, which `value` shows beside it.
    `field` names the column that is wrong, `fix` says what to do.
    """

    def __init__(self, message: str, *, fix: str = "", field: str = "", value: object = None) -> None:
        super().__init__(message)
        self.message, self.fix, self.field, self.value = message, fix, field, value


@dataclass(frozen=True)
class Hook:
    """One method of an importer; `wants` are the further arguments that it asks for."""

    name: str
    function: Callable[..., Any]
    wants: frozenset[str]

    def offered(self, **parts: object) -> Callable[..., Any]:
        """The method with those of `parts` that it asks for: only what its name says is left to be given."""
        wanted = {name: part for name, part in parts.items() if name in self.wants}
        return partial(self.function, **wanted) if wanted else self.function


@dataclass(frozen=True)
class Hooks:
    """The hooks of an importer, None for each that it doesn't have."""

    before_row: Hook | None = None
    after_row: Hook | None = None
    before_chunk: Hook | None = None
    after_chunk: Hook | None = None
    before_run: Hook | None = None
    after_run: Hook | None = None

    @property
    def named(self) -> list[str]:
        """The names of those that are there."""
        return [field.name for field in fields(self) if getattr(self, field.name)]


NO_HOOKS = Hooks()

TAKES = {
    "before_row": (("row",), ("run",)),
    "after_row": (("row",), ("run", "connection")),
    "before_chunk": (("rows",), ("run",)),
    "after_chunk": (("rows", "counts"), ("run", "connection")),
    "before_run": (("run",), ("connection",)),
    "after_run": (("run",), ("connection",)),
}
"""For each hook what it is given in order, and what it may ask for by name."""


def hooks_of(cls: type) -> Hooks:
    """The hooks of the class, bound to one object of it. A column may have the name of a hook: then it is none.

    Raises TypeError when a hook takes other arguments than it is given.
    """
    named = {field.name for field in fields(Hooks) if inspect.isroutine(getattr(cls, field.name, None))}
    if not named:
        return NO_HOOKS
    bound = cls()
    return Hooks(**{name: _hook(cls.__name__, name, getattr(bound, name)) for name in named})


def _hook(owner: str, name: str, function: Callable[..., Any]) -> Hook:
    given, offered = TAKES[name]
    parameters = list(inspect.signature(function).parameters.values())
    further = parameters[len(given) :]
    if len(parameters) < len(given) or any(parameter.name not in offered for parameter in further):
        taken = ", ".join(parameter.name for parameter in parameters) or "nothing"
        asked = " and ".join(offered)
        raise TypeError(f"{owner}: Its {name} takes {', '.join(given)} and, by name, {asked}; not {taken}.")
    return Hook(name, function, frozenset(parameter.name for parameter in further))
