"""Runs in JSON: the shapes that programs rely on. The OpenAPI document is made from them."""

from __future__ import annotations

from typing import Any, NotRequired

from typing_extensions import TypedDict

from portal.lifecycle import RowStatus, RunStatus

MOST_ROWS = 10_000
"""Row numbers that a retry may name. SQLite takes three times as many values in one statement."""


class ProgressShape(TypedDict):
    """How far a run is, in rows; `total` is null until they are counted. `processed` is the sum of the last three."""

    total: int | None
    processed: int
    successful: int
    failed: int
    skipped: int


class RowErrorsShape(TypedDict):
    """Why a row failed: `message` for the row as a whole, `validation` by column."""

    message: str
    validation: dict[str, list[str]]


class RowShape(TypedDict):
    """A row that is kept of a run. `data` are its cells as they came, by header. `version` names its present contents,
    for an edit that must not overwrite someone else's."""

    row_number: int
    status: RowStatus
    data: dict[str, str]
    errors: RowErrorsShape | None
    settled_by_run_id: int | None
    version: str
    edited_at: str | None


class EventShape(TypedDict):
    """One entry of a timeline; `actor` is who did it, null where the portal itself did."""

    id: int
    event_type: str
    message: str
    actor: str | None
    details: dict[str, Any]
    created_at: str


class RunShape(TypedDict):
    """One import of one file, or one retry of the failed rows of another run. `rate` is in rows per second; `checked`
    are rows that were looked at, where all go in only together."""

    id: int
    importer: str
    status: RunStatus
    dry_run: bool
    user_id: int | None
    original_filename: str
    source: str | None
    scheduled_for: str | None
    retried_from_run_id: int | None
    progress: ProgressShape
    checked: int
    open_failures: int
    rate: float | None
    eta_seconds: int | None
    summary: str | None
    error: str | None
    error_fix: str | None
    created_at: str
    started_at: str | None
    completed_at: str | None
    rows: NotRequired[list[RowShape]]
    timeline: NotRequired[list[EventShape]]


class RunAnswer(TypedDict):
    """One run."""

    data: RunShape


class GroupShape(TypedDict):
    """Failures with one cause; `key` names it in `?error=` and in a retry."""

    key: str
    message: str
    count: int
    suggested_fix: str


class SummaryShape(TypedDict):
    """Failures by cause, the most frequent first: those of rows as a whole, and those of single columns."""

    total_failed_rows: int
    open_failed_rows: int
    error_summary: list[GroupShape]
    validation_summary: list[GroupShape]


class SummaryAnswer(TypedDict):
    """Why rows of a run failed."""

    data: SummaryShape


class CheckShape(TypedDict):
    """Whether a row passes the importer's rules as it is now, and if not, what is wrong by column."""

    passes: bool
    errors: dict[str, list[str]]


class RowAnswer(TypedDict):
    """One row."""

    data: RowShape


class FailureShape(TypedDict):
    """One reason for which a row failed; `key` names the group of those that fail alike, `value` is what failed."""

    key: str
    field: str
    rule: str
    message: str
    value: str | None
    suggested_fix: str


class TracedRowShape(TypedDict):
    """A row, and how it became what it is: by the importer as it is now. `untraced` says why there is no trace."""

    run_id: int
    row_number: int
    status: RowStatus
    settled_by_run_id: int | None
    data: dict[str, str]
    version: str
    edited_at: str | None
    errors: list[FailureShape]
    trace: dict[str, Any] | None
    untraced: str | None


class TracedRowAnswer(TypedDict):
    """One row with its trace."""

    data: TracedRowShape


class EditedRowAnswer(TypedDict):
    """A row after an edit, and whether it passes now."""

    data: RowShape
    check: CheckShape


class ColumnShape(TypedDict):
    """A column of an importer; one whose cell holds rows of another table has their `columns`."""

    name: str
    headers: list[str]
    type: str
    required: bool
    computed: bool
    written: bool
    rules: list[str]
    table: NotRequired[str]
    columns: NotRequired[list[ColumnShape]]


class RuleShape(TypedDict):
    """A rule across columns."""

    name: str
    condition: str
    message: str | None


class ImporterShape(TypedDict):
    """What files become rows of which table, and how."""

    slug: str
    name: str
    description: str
    table: str
    tables: list[str]
    database: str | None
    key: list[str]
    duplicate_strategy: str
    newer_by: str | None
    source: str
    schedule: str | None
    format: dict[str, Any] | None
    strict_headers: bool
    headers: list[str]
    chunk_rows: int | None
    stop_after: int | None
    keep_rows: str
    transaction: str
    hooks: list[str]
    columns: list[ColumnShape]
    rules: list[RuleShape]


class ImportersAnswer(TypedDict):
    """All importers."""

    data: list[ImporterShape]


class ImporterAnswer(TypedDict):
    """One importer."""

    data: ImporterShape


class Message(TypedDict):
    """What was done, in words."""

    message: str
