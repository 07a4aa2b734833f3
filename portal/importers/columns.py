"""The kinds of columns that an importer can have, and the rules that each may carry.

A column says what is wanted; `portal.runs.engine.validating` turns it into Polars expressions. Nothing here
touches data, so that importers load fast and can be listed by a process that never imports Polars.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal as PythonDecimal
from typing import TYPE_CHECKING, ClassVar, TypeVar

if TYPE_CHECKING:
    from portal.importers.lookups import Lookup
    from portal.importers.transforms import Computed, Condition, TextStep, ValueStep

Step = TypeVar("Step")


@dataclass(kw_only=True)
class Column:
    """A column of the target table. Parent of all kinds; not used itself.

    `header` names it in the file where it differs from the attribute; `aliases` are further headers that
    are taken for it. `null_values` are texts that mean "missing" beside the empty cell; None takes the
    importer's. `default` is written where the cell is missing. `trim` strips white space around the cell.

    `transform` changes the text of a given cell before it is read as a value, `after` the typed value; several steps
    are done in order. `computed` takes the place of a cell: no header leads to such a column. `required_if` needs a
    value in rows where the condition holds; with `used_if`, cells of other rows count as missing. A column that isn't
    `written` is only there for the others. `messages` are the author's own, by rule (`required`, `type`, `pattern`,
    `minimum`, `maximum`, `lookup`, `transform`); `{field}` and the names of the column's settings stand for them.
    """

    type_name: ClassVar[str] = ""
    wants: ClassVar[str] = ""
    """What a value has to be, to complete "The year field must be ...": "a whole number"."""

    header: str | None = None
    aliases: Sequence[str] = ()
    required: bool = False
    null_values: Sequence[str] | None = None
    default: object = None
    trim: bool = True
    pattern: str | None = None
    lookup: Lookup | None = None
    transform: TextStep | Sequence[TextStep] = ()
    after: ValueStep | Sequence[ValueStep] = ()
    computed: Computed | None = field(default=None, compare=False)
    required_if: Condition | None = field(default=None, compare=False)
    used_if: Condition | None = field(default=None, compare=False)
    messages: Mapping[str, str] = field(default_factory=dict)
    written: bool = True
    example: str = ""
    description: str = ""
    name: str = field(default="", init=False)

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @property
    def headers(self) -> tuple[str, ...]:
        """All headers that are taken for this column, the best first; none where it is computed."""
        if self.computed is not None:
            return ()
        return tuple(dict.fromkeys((self.header or self.name, self.name, *self.aliases)))

    @property
    def text_steps(self) -> tuple[TextStep, ...]:
        """The steps of `transform`."""
        return _several(self.transform)

    @property
    def value_steps(self) -> tuple[ValueStep, ...]:
        """The steps of `after`."""
        return _several(self.after)

    @property
    def rules(self) -> list[str]:
        """The rules in words, for pages and the list of importers."""
        rules = ["required"] if self.required else []
        rules += [f"{word} {derived}" for word, derived in self._derived() if derived is not None]
        rules += [f"changed first: {step}" for step in self.text_steps]
        rules += [f"changed afterwards: {step}" for step in self.value_steps]
        if self.pattern:
            rules.append(f"matches {self.pattern}")
        minimum, maximum = getattr(self, "minimum", None), getattr(self, "maximum", None)
        if minimum is not None:
            rules.append(f"at least {minimum}")
        if maximum is not None:
            rules.append(f"at most {maximum}")
        if self.lookup:
            rules.append(self.lookup.rule(self.name))
        return rules if self.written else [*rules, "not written itself"]

    def _derived(self) -> tuple[tuple[str, Computed | None], ...]:
        return ("computed:", self.computed), ("required if", self.required_if), ("used only if", self.used_if)


@dataclass(kw_only=True)
class Text(Column):
    """Any text; `maximum` limits its length in characters."""

    type_name = "text"
    wants = "text"
    minimum: int | None = None
    maximum: int | None = None


@dataclass(kw_only=True)
class Numeric(Column):
    """Parent of the kinds of numbers. With a `locale` ("de", "fr_CH") they are written as people there do: 1.234,56.
    Without one, a point stands before the fraction and nothing between thousands.
    """

    a_number: ClassVar[str] = ""
    locale: str | None = None

    @property
    def wants(self) -> str:  # type: ignore[override]  # here it depends on the locale
        return f"{self.a_number} such as {self._sample()}" if self.locale else self.a_number

    def _sample(self) -> str:
        from babel.numbers import format_decimal  # loaded only where an importer has a locale

        return format_decimal(1234 if isinstance(self, Integer) else 1234.5, locale=self.locale)


@dataclass(kw_only=True)
class Integer(Numeric):
    """A whole number of 64 bits."""

    type_name = "integer"
    a_number = "a whole number"
    minimum: int | None = None
    maximum: int | None = None


@dataclass(kw_only=True)
class Number(Numeric):
    """A number with a decimal point, kept as a double."""

    type_name = "number"
    a_number = "a number"
    minimum: float | None = None
    maximum: float | None = None


@dataclass(kw_only=True)
class Decimal(Numeric):
    """An exact number with up to `places` digits after the point."""

    type_name = "decimal"
    a_number = "a decimal number"
    places: int = 2
    minimum: PythonDecimal | None = None
    maximum: PythonDecimal | None = None


@dataclass(kw_only=True)
class Boolean(Column):
    """Yes or no, in the words below, whatever their case."""

    type_name = "boolean"
    wants = "yes or no"
    true_values: Sequence[str] = ("true", "yes", "y", "t", "1", "on")
    false_values: Sequence[str] = ("false", "no", "n", "f", "0", "off")


@dataclass(kw_only=True)
class Date(Column):
    """A day. `formats` are strftime patterns, tried in order."""

    type_name = "date"
    wants = "a date such as 2026-11-21"
    formats: Sequence[str] = ("%Y-%m-%d",)
    minimum: date | None = None
    maximum: date | None = None


@dataclass(kw_only=True)
class DateTime(Column):
    """A moment. With a zone it is turned into UTC; without one it is taken as UTC, limits and default too."""

    type_name = "date-time"
    wants = "a date and time such as 2026-11-21T10:00:00Z"
    formats: Sequence[str] = (
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
    )
    minimum: datetime | None = None
    maximum: datetime | None = None

    def __post_init__(self) -> None:
        self.minimum, self.maximum = _in_utc(self.minimum), _in_utc(self.maximum)
        if isinstance(self.default, datetime):
            self.default = _in_utc(self.default)


@dataclass(kw_only=True)
class Choice(Column):
    """One of `choices`, written exactly so."""

    type_name = "choice"
    choices: Sequence[str] = ()

    @property
    def wants(self) -> str:  # type: ignore[override]  # here it depends on the choices
        return "one of " + ", ".join(f"“{choice}”" for choice in self.choices)


@dataclass(kw_only=True)
class Email(Column):
    """An e-mail address."""

    type_name = "e-mail"
    wants = "an e-mail address such as name@example.com"


@dataclass(kw_only=True)
class URL(Column):
    """A web address with http or https."""

    type_name = "URL"
    wants = "a web address such as https://example.com"


def _several(steps: Step | Sequence[Step]) -> tuple[Step, ...]:
    return tuple(steps) if isinstance(steps, Sequence) else (steps,)


def _in_utc(time: datetime | None) -> datetime | None:
    if time is None:
        return None
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
