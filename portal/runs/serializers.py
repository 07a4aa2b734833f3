"""Runs as JSON, in the shapes that programs rely on. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from portal.importers import Column, Definition
from portal.importers.formats import to_json
from portal.importers.nested import Nested
from portal.importers.targets import target_tables
from portal.runs.judging import RowCheck
from portal.runs.models import IngestErrorGroup, IngestRun
from portal.runs.queries import KeptRow
from portal.runs.shapes import (
    CheckShape,
    ColumnShape,
    EventShape,
    GroupShape,
    ImporterShape,
    RowErrorsShape,
    RowShape,
    RunAnswer,
    RunShape,
    SummaryAnswer,
)
from portal.timeline import Event
from portal.web.filters import iso

WHOLE_ROW_RULES = ("duplicate", "malformed")
INVALID = "The given data was invalid."


def run_json(run: IngestRun) -> RunAnswer:
    """One run, without its rows."""
    return {"data": run_shape(run)}


def run_shape(run: IngestRun) -> RunShape:
    """The same, as an entry of a list."""
    progress = run.progress
    return {
        "id": run.id,
        "importer": run.importer,
        "status": run.status,
        "dry_run": run.dry_run,
        "user_id": run.user_id,
        "original_filename": run.original_filename,
        "source": run.source,
        "scheduled_for": _time(run.scheduled_for),
        "retried_from_run_id": run.retried_from_run_id,
        "progress": {
            "total": progress.total,
            "processed": progress.processed,
            "successful": progress.successful,
            "failed": progress.failed,
            "skipped": progress.skipped,
        },
        "checked": progress.checked,
        "open_failures": run.open_failures,
        "rate": round(progress.rate, 1) if progress.rate else None,
        "eta_seconds": progress.eta_seconds if run.is_active else None,
        "summary": run.source_text or None,
        "error": run.error,
        "error_fix": run.error_fix,
        "created_at": iso(run.created_at),
        "started_at": _time(run.started_at),
        "completed_at": _time(run.completed_at),
    }


def row_shape(row: KeptRow) -> RowShape:
    """A row that is kept, with what is wrong with it."""
    return {
        "row_number": row.row_number,
        "status": row.status,
        "data": row.data,
        "errors": _row_errors(row),
        "settled_by_run_id": row.settled_by_run_id,
        "version": row.version,
        "edited_at": _time(row.edited_at),
    }


def check_shape(check: RowCheck) -> CheckShape:
    """What came of checking a row."""
    return {"passes": check.passes, "errors": check.errors}


def event_shape(event: Event) -> EventShape:
    """An entry of a timeline."""
    return {
        "id": event.id,
        "event_type": event.event_type,
        "message": event.message,
        "actor": event.actor_label,
        "details": event.details,
        "created_at": iso(event.created_at),
    }


def error_summary(run: IngestRun, groups: Sequence[IngestErrorGroup]) -> SummaryAnswer:
    """Failures by cause: those of whole rows and those of single fields, the most frequent first."""
    whole = [group for group in groups if _is_of_whole_row(group)]
    fields = [group for group in groups if not _is_of_whole_row(group)]
    return {
        "data": {
            "total_failed_rows": run.failed,
            "open_failed_rows": run.open_failures,
            "error_summary": [group_shape(group) for group in whole],
            "validation_summary": [group_shape(group) for group in fields],
        }
    }


def group_shape(group: IngestErrorGroup) -> GroupShape:
    """One cause of failures, as an entry of the summary."""
    return {
        "key": group.key,
        "message": group.message if _is_of_whole_row(group) else f"{group.field}: {group.message}",
        "count": group.count,
        "suggested_fix": group.suggested_fix,
    }


def importer_json(definition: Definition) -> ImporterShape:
    """One importer with its columns, its rules and its settings."""
    conduct = definition.conduct
    return {
        "slug": definition.slug,
        "name": definition.title,
        "description": definition.description,
        "table": definition.table,
        "tables": target_tables(definition),
        "database": definition.database or None,
        "key": list(definition.key),
        "duplicate_strategy": definition.on_duplicate,
        "newer_by": definition.newer_by or None,
        "source": definition.source.shown if definition.source else "upload",
        "schedule": definition.schedule.expression if definition.schedule else None,
        "format": to_json(definition.format) if definition.format else None,
        "strict_headers": definition.strict_headers,
        "headers": list(definition.headers),
        "chunk_rows": conduct.chunk_rows,
        "stop_after": conduct.stop_after,
        "keep_rows": conduct.keep_rows,
        "transaction": conduct.transaction,
        "hooks": definition.hooks.named,
        "columns": [_column(column, definition) for column in definition.columns.values()],
        "rules": [{"name": rule.name, "condition": str(rule), "message": rule.message} for rule in definition.rules],
    }


def _column(column: Column, definition: Definition) -> ColumnShape:
    """A column; one whose cell holds rows of another table has their columns too."""
    found: ColumnShape = {
        "name": column.name,
        "headers": list(column.headers),
        "type": column.type_name,
        "required": definition.requires(column),
        "computed": column.computed is not None,
        "written": column.written,
        "rules": column.rules,
    }
    if isinstance(column, Nested):
        within = column.definition
        found["table"] = within.table
        found["columns"] = [_column(inner, within) for inner in within.columns.values()]
    return found


def _row_errors(row: KeptRow) -> RowErrorsShape | None:
    if not row.errors:
        return None
    validation: dict[str, list[str]] = {}
    for field, message, _ in row.errors:
        if field:
            validation.setdefault(field, []).append(message)
    whole = [f"{message} ({value})" if value else message for field, message, value in row.errors if not field]
    return {"message": " ".join(whole) or INVALID, "validation": validation}


def _is_of_whole_row(group: IngestErrorGroup) -> bool:
    return group.rule in WHOLE_ROW_RULES or group.rule.startswith("database-")


def _time(value: datetime | None) -> str | None:
    return iso(value) if value else None
