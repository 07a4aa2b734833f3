"""`Importer`: what can be imported, written as a class that reads like its own description."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, TypeVar

from portal.importers.columns import Column
from portal.importers.conduct import USUAL, Conduct, KeepRows, Transaction, conduct_of
from portal.importers.cron import Cron
from portal.importers.dependents import dependents_in_order, with_inputs
from portal.importers.formats import Format
from portal.importers.groups import columns_of, rules_of
from portal.importers.hooks import NO_HOOKS, Hooks, hooks_of
from portal.importers.problems import problems_of
from portal.importers.rules import Rule
from portal.importers.targets import TableBy, problems_of_targets
from portal.sources import Address

Parsed = TypeVar("Parsed")


class OnDuplicate(StrEnum):
    """What to do with a row whose key is in the table already."""

    SKIP = "skip"
    UPDATE = "update"
    UPSERT = "upsert"
    UPDATE_IF_NEWER = "update_if_newer"
    FAIL = "fail"


@dataclass(frozen=True)
class Definition:
    """All that the portal knows of one importer, gathered from its class."""

    slug: str
    title: str
    description: str
    table: str
    key: tuple[str, ...]
    on_duplicate: OnDuplicate
    null_values: tuple[str, ...]
    columns: dict[str, Column]
    sample: str
    database: str = ""
    newer_by: str = ""
    rules: tuple[Rule, ...] = ()
    strict_headers: bool = False
    headers: tuple[str, ...] = ()
    dependents: tuple[str, ...] = ()
    """The columns whose value depends on others, each after those that it depends on."""
    source: Address | None = None
    schedule: Cron | None = None
    format: Format | None = None
    conduct: Conduct = USUAL
    hooks: Hooks = NO_HOOKS
    table_by: TableBy | None = None

    @property
    def follows_rows(self) -> bool:
        """Whether somebody wants to know of each row what became of it, not only of failed ones."""
        return self.conduct.keep_rows == KeepRows.ALL or bool(self.hooks.after_row or self.hooks.after_chunk)

    @property
    def file_columns(self) -> list[Column]:
        """Columns that a file can have: all that aren't computed."""
        return [column for column in self.columns.values() if column.computed is None]

    @property
    def required_columns(self) -> list[Column]:
        """Columns that a file must have, since a row without them can't go in: needed themselves, or to compute one
        that is."""
        needed = with_inputs([column.name for column in self.columns.values() if self.requires(column)], self.columns)
        return [column for column in self.file_columns if column.name in needed and column.default is None]

    @property
    def carried(self) -> list[str]:
        """The columns whose values are needed until the rows are written: those that are, and those that tell to which
        table a row goes or what a look-up creates."""
        asides = {name for column in self.columns.values() if column.lookup for name in column.lookup.inputs}
        asides |= {self.table_by.column} if self.table_by else set()
        return [name for name, column in self.columns.items() if column.written or name in asides]

    def requires(self, column: Column) -> bool:
        """Whether each row needs a value in `column`: it says so, or is part of the key, and has no default."""
        return (column.required or column.name in self.key) and column.default is None

    def missing_values(self, column: Column) -> tuple[str, ...]:
        """The texts that mean "missing" in `column`, beside the empty one."""
        return self.null_values if column.null_values is None else tuple(column.null_values)


class Importer:
    """Parent of all importers. A subclass names its table and lists its columns:

        class Airlines(Importer, table="airlines", key="carrier", on_duplicate="update"):
            carrier = Text(required=True, maximum=3)
            name = Text(required=True)

    The settings stand in the class line, so that any name is free for a column:

    - `table`: the table to write to.
    - `table_by`: which other table takes a row instead, by its value in a column.
    - `key`: the column or columns that make a row unique; without one, every row is inserted.
    - `on_duplicate`: `skip`, `update`, `upsert`, `update_if_newer` or `fail` where the key is in the table already.
    - `null_values`: texts that mean "missing" in every column.
    - `slug`: its name in addresses; by default the class name in lower case with hyphens.
    - `title`: its name for people; by default the class name. The docstring is its description.
    - `sample`: the path of a small file to try it with.
    - `format`: how its files are written, one of `portal.importers.formats`; by default that is found out.
    - `source`: where its file can be fetched: a path, a web address, or one of any store that fsspec knows.
    - `schedule`: when that is done by itself: a cron expression, in UTC.
    - `strict_headers`: refuse a file with a header that no column takes, or without one for a column.
    - `headers`: the headers that a file must have, in this order and no others.
    - `newer_by`: for `update_if_newer`, the column that tells which of two rows is newer.
    - `database`: which of `PORTAL_DATABASES` the table is in; by default the portal's own.
    - `chunk_rows`: the most rows that are written at once; by default the portal's setting.
    - `stop_after`: a run with more failed rows than this stops.
    - `keep_rows`: `failed` rows are kept with their cells, or `all`.
    - `transaction`: what goes in as a whole or not at all: each `chunk`, or the whole `run`.

    Its methods `before_row`, `after_row`, `before_chunk`, `after_chunk`, `before_run` and `after_run`, if it has them,
    are called while a run goes on (`portal.importers.hooks`).

    Raises TypeError when the class contradicts itself, with what is wrong.
    """

    definition: ClassVar[Definition]

    def __init_subclass__(
        cls,
        *,
        table: str,
        key: str | Sequence[str] = (),
        on_duplicate: str = OnDuplicate.FAIL,
        null_values: Sequence[str] = (),
        slug: str = "",
        title: str = "",
        sample: str = "",
        format: Format | None = None,
        source: str = "",
        schedule: str = "",
        database: str = "",
        newer_by: str = "",
        strict_headers: bool = False,
        headers: Sequence[str] = (),
        chunk_rows: int | None = None,
        stop_after: int | None = None,
        keep_rows: str = KeepRows.FAILED,
        transaction: str = Transaction.CHUNK,
        table_by: TableBy | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        columns = columns_of(cls)
        cls.definition = Definition(
            slug=slug or slug_of(cls.__name__),
            title=title or cls.__name__,
            description=(cls.__doc__ or "").strip(),
            table=table,
            key=(key,) if isinstance(key, str) else tuple(key),
            on_duplicate=_strategy(cls.__name__, on_duplicate),
            null_values=tuple(null_values),
            columns=columns,
            sample=sample,
            database=database,
            newer_by=newer_by,
            rules=rules_of(cls),
            strict_headers=strict_headers,
            headers=tuple(headers),
            dependents=_dependents(cls.__name__, columns),
            source=_parsed(cls.__name__, "source", Address.parse, source),
            schedule=_parsed(cls.__name__, "schedule", Cron.parse, schedule),
            format=format,
            conduct=_conduct(cls.__name__, chunk_rows, stop_after, keep_rows, transaction),
            hooks=hooks_of(cls),
            table_by=table_by,
        )
        if problems := _problems(cls.definition):
            raise TypeError(f"{cls.__name__}: " + " ".join(problems))


def _dependents(name: str, columns: dict[str, Column]) -> tuple[str, ...]:
    try:
        return dependents_in_order(columns)
    except TypeError as error:
        raise TypeError(f"{name}: {error}") from None


def _conduct(name: str, chunk_rows: int | None, stop_after: int | None, keep_rows: str, transaction: str) -> Conduct:
    try:
        return conduct_of(chunk_rows, stop_after, keep_rows, transaction)
    except ValueError as error:
        raise TypeError(f"{name}: {error}") from None


def _parsed(name: str, setting: str, parse: Callable[[str], Parsed], text: str) -> Parsed | None:
    if not isinstance(text, str):
        raise TypeError(f"{name}: Its {setting} must be text.")
    try:
        return parse(text) if text else None
    except ValueError as error:
        raise TypeError(f"{name}: Its {setting} isn't one: {error}.") from None


def _strategy(name: str, on_duplicate: str) -> OnDuplicate:
    if on_duplicate not in set(OnDuplicate):
        *others, last = OnDuplicate
        raise TypeError(f"{name}: on_duplicate must be {', '.join(others)} or {last}, not {on_duplicate!r}.")
    return OnDuplicate(on_duplicate)


def _problems(definition: Definition) -> list[str]:
    found = [] if definition.columns else ["It has no columns."]
    if definition.on_duplicate != OnDuplicate.FAIL and not definition.key:
        found.append(f"Without a key nothing tells which rows to {definition.on_duplicate}.")
    if definition.format is not None and not isinstance(definition.format, Format):
        found.append(f"Its format must be one of portal.importers.formats, not {definition.format!r}.")
    if definition.schedule and not definition.source:
        found.append("It has a schedule but no source to fetch from.")
    return [*found, *problems_of(definition), *problems_of_targets(definition)]


def slug_of(class_name: str) -> str:
    """The name in addresses of an importer that has none set."""
    parts = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in class_name)
    return parts.strip("-")
