"""`Value`: what a column holds in the row at hand, to write conditions and computations with.

`Value("ends") >= Value("starts")` computes nothing. It records what is to be done, and `replay` does it later with
Polars' expressions. So a class can name its columns, be checked and be told in words by a process that never loads
Polars; a plain `lambda` could be neither checked nor told.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any


class Expression:
    """Something that is worked out from the values of a row. Operators and methods are those of Polars' expressions
    (https://docs.pola.rs/api/python/stable/reference/expressions/), such as `&`, `|`, `~`, `.is_in([...])`,
    `.is_null()`, `.str.len_chars()`, `.dt.year()`.
    """

    def __getattr__(self, name: str) -> Expression:
        if name.startswith("_"):  # what copying, pickling and the like look for must not be recorded
            raise AttributeError(name)
        return Recorded(getattr, "{}.{}", self, name)

    def __call__(self, *parts: object, **named: object) -> Expression:
        return Recorded(_call, "{}({})", self, *parts, **named)

    def __bool__(self) -> bool:
        raise TypeError(f"“{self}” isn't known before there is a row: join conditions by & and |, negate them by ~.")

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> Expression:  # type: ignore[override]  # recorded like all operators
        return Recorded(operator.eq, "{} is {}", self, other)

    def __ne__(self, other: object) -> Expression:  # type: ignore[override]  # as above
        return Recorded(operator.ne, "{} isn't {}", self, other)

    def __lt__(self, other: object) -> Expression:
        return Recorded(operator.lt, "{} < {}", self, other)

    def __le__(self, other: object) -> Expression:
        return Recorded(operator.le, "{} <= {}", self, other)

    def __gt__(self, other: object) -> Expression:
        return Recorded(operator.gt, "{} > {}", self, other)

    def __ge__(self, other: object) -> Expression:
        return Recorded(operator.ge, "{} >= {}", self, other)

    def __add__(self, other: object) -> Expression:
        return Recorded(operator.add, "{} + {}", self, other)

    def __radd__(self, other: object) -> Expression:
        return Recorded(operator.add, "{} + {}", other, self)

    def __sub__(self, other: object) -> Expression:
        return Recorded(operator.sub, "{} - {}", self, other)

    def __rsub__(self, other: object) -> Expression:
        return Recorded(operator.sub, "{} - {}", other, self)

    def __mul__(self, other: object) -> Expression:
        return Recorded(operator.mul, "{} * {}", self, other)

    def __rmul__(self, other: object) -> Expression:
        return Recorded(operator.mul, "{} * {}", other, self)

    def __truediv__(self, other: object) -> Expression:
        return Recorded(operator.truediv, "{} / {}", self, other)

    def __rtruediv__(self, other: object) -> Expression:
        return Recorded(operator.truediv, "{} / {}", other, self)

    def __floordiv__(self, other: object) -> Expression:
        return Recorded(operator.floordiv, "{} // {}", self, other)

    def __mod__(self, other: object) -> Expression:
        return Recorded(operator.mod, "{} % {}", self, other)

    def __neg__(self) -> Expression:
        return Recorded(operator.neg, "-{}", self)

    def __and__(self, other: object) -> Expression:
        return Recorded(operator.and_, "({} and {})", self, other)

    def __or__(self, other: object) -> Expression:
        return Recorded(operator.or_, "({} or {})", self, other)

    def __invert__(self) -> Expression:
        return Recorded(operator.invert, "not {}", self)

    def __repr__(self) -> str:
        return str(self)


class Value(Expression):
    """The typed value of the column `name`, or its default; null where it is missing."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __str__(self) -> str:
        return self._name


class Recorded(Expression):
    """What `do` makes of `parts`, some of which may be expressions; `words` has places for them."""

    # A sister of Value, not its parent: Python asks the right side first where its class is a child of the left side's.

    def __init__(self, do: Callable[..., Any], words: str, *parts: object, **named: object) -> None:
        self._do, self._words, self._parts, self._named = do, words, parts, named

    def __str__(self) -> str:
        if self._do is _call:
            called, *parts = self._parts
            shown = [_shown(part) for part in parts] + [f"{name}={_shown(part)}" for name, part in self._named.items()]
            return self._words.format(called, ", ".join(shown))
        if self._do is getattr:
            return self._words.format(*self._parts)
        return self._words.format(*map(_shown, self._parts))


def replay(recorded: object, column: Callable[[str], Any]) -> Any:
    """Do what was recorded; `column` gives what stands for a column, such as `polars.col`."""
    if isinstance(recorded, Value):
        return column(recorded._name)
    if not isinstance(recorded, Recorded):
        return recorded
    parts = [replay(part, column) for part in recorded._parts]
    return recorded._do(*parts, **{name: replay(part, column) for name, part in recorded._named.items()})


def names_in(recorded: object) -> Iterator[str]:
    """The columns whose values are used, once for every use."""
    if isinstance(recorded, Value):
        yield recorded._name
    elif isinstance(recorded, Recorded):
        for part in (*recorded._parts, *recorded._named.values()):
            yield from names_in(part)


def renamed(recorded: Any, rename: Callable[[str], str]) -> Any:
    """The same with other columns."""
    if isinstance(recorded, Value):
        return Value(rename(recorded._name))
    if not isinstance(recorded, Recorded):
        return recorded
    parts = [renamed(part, rename) for part in recorded._parts]
    named = {name: renamed(part, rename) for name, part in recorded._named.items()}
    return Recorded(recorded._do, recorded._words, *parts, **named)


def _call(function: Callable[..., Any], *parts: object, **named: object) -> Any:
    return function(*parts, **named)


def _shown(part: object) -> str:
    if isinstance(part, str):
        return f"“{part}”"
    if isinstance(part, list | tuple | set):
        return ", ".join(map(_shown, part))
    return part.isoformat() if isinstance(part, date) else str(part)
