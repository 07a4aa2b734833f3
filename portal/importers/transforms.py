"""What can be done to the values of a column, and what a column can be computed from.

These say what is wanted; `portal.runs.engine.transforming` does it. `str()` of each tells it in words.

They are written as classes, not functions, so that a column may be called `slug` or `lower`: in the body of a class a
column would hide a function of its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from portal.importers.values import Expression, names_in, renamed


@dataclass(frozen=True)
class Lower:
    """Small letters."""

    def __str__(self) -> str:
        return "in small letters"


@dataclass(frozen=True)
class Upper:
    """Capital letters."""

    def __str__(self) -> str:
        return "in capital letters"


@dataclass(frozen=True)
class Strip:
    """Without any of `characters` at both ends."""

    characters: str

    def __str__(self) -> str:
        return f"without “{self.characters}” at its ends"


@dataclass(frozen=True)
class Replace:
    """Each place that fits the regular expression `pattern` becomes `by`, in which `${1}` is the first group."""

    pattern: str
    by: str = ""

    def __str__(self) -> str:
        return f"{self.pattern} replaced by “{self.by}”"


@dataclass(frozen=True)
class Slug:
    """Letters and digits in small letters without accents, all else turned into `separator`, as in addresses."""

    separator: str = "-"

    def __str__(self) -> str:
        return f"made a slug with “{self.separator}”"


@dataclass(frozen=True)
class MapValues:
    """Each value that `values` names becomes what stands there; others are left as they are (`keep`), or taken as
    missing (`missing`)."""

    values: Mapping[str, str]
    otherwise: Literal["keep", "missing"] = "keep"

    def __post_init__(self) -> None:
        if self.otherwise not in ("keep", "missing"):
            raise TypeError(f"MapValues: otherwise must be keep or missing, not {self.otherwise!r}.")

    def __str__(self) -> str:
        shown = ", ".join(f"{old} → {new}" for old, new in list(self.values.items())[:5])
        return shown + (" and so on" if len(self.values) > 5 else "")


@dataclass(frozen=True)
class Polars:
    """`function` takes and gives a Polars expression: fast, since it works on a whole column at a time."""

    function: Callable[[Any], Any]

    def __str__(self) -> str:
        return f"by {_name(self.function)}"


class Python:
    """`function` is called for each row, which costs about a microsecond each time; one that raises fails that row.

    As a transform it is called with the value, never with a missing one. To compute, or as a condition, it is called
    with the values of `columns` in their order, None where one is missing.

    It must always give the same for the same values: keys are worked out twice, when a file is read and when it is
    written.
    """

    def __init__(self, function: Callable[..., Any], *columns: str) -> None:
        self.function, self.columns = function, columns

    def __str__(self) -> str:
        return f"by {_name(self.function)}" + (f" from {', '.join(self.columns)}" if self.columns else "")


class Concat:
    """The values of `columns` as one text, `separator` between them. A missing one is left out; with `needs_all` the
    whole is missing then."""

    def __init__(self, *columns: str, separator: str = "", needs_all: bool = False) -> None:
        self.columns, self.separator, self.needs_all = columns, separator, needs_all

    def __str__(self) -> str:
        return " and ".join(self.columns) + (f" with “{self.separator}” between" if self.separator else "")


TextStep = Lower | Upper | Strip | Replace | Slug | MapValues | Polars | Python
"""What `transform` takes: changes the text of a cell before it is read as a value."""

ValueStep = Polars | Python
"""What `after` takes: changes the typed value."""

Condition = Expression | Python
"""What holds or doesn't for a row."""

Computed = Expression | Python | Concat
"""What a column can be computed from."""


def inputs_of(derived: Condition | Computed | None) -> tuple[str, ...]:
    """The columns whose values it needs."""
    if derived is None:
        return ()
    names = derived.columns if isinstance(derived, Python | Concat) else names_in(derived)
    return tuple(dict.fromkeys(names))


def with_columns_renamed(derived: Any, rename: Callable[[str], str]) -> Any:
    """The same condition or computation with other columns."""
    if isinstance(derived, Python):
        return Python(derived.function, *map(rename, derived.columns))
    if isinstance(derived, Concat):
        columns = map(rename, derived.columns)
        return Concat(*columns, separator=derived.separator, needs_all=derived.needs_all)
    return renamed(derived, rename)


def _name(function: Callable[..., Any]) -> str:
    name = getattr(function, "__qualname__", type(function).__name__).rpartition(".")[2]
    return "its author's function" if name == "<lambda>" else name
