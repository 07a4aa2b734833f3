"""Runs as JSON, in the shapes that programs rely on. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from portal.importers import Column, Definition
from portal.importers.formats import to_json
from portal.importers.nested import Nested
from portal.importers.targets import target_tables
from portal.runs.models import IngestErrorGroup, IngestRun
from portal.web.filters import iso

WHOLE_ROW_RULES = ("duplicate", "malformed")


def run_json(run: IngestRun) -> dict[str, Any]:
    """One run, without its rows."""
    progress = run.progress
    return {
        "data": {
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
            "open_failures": run.open_failures,
            "rate": round(progress.rate, 1) if progress.rate else None,
            "eta_seconds": progress.eta_seconds if run.is_active else None,
            "summary": run.source_text or None,
            "error": run.error,
            "created_at": iso(run.created_at),
            "started_at": _time(run.started_at),
            "completed_at": _time(run.completed_at),
        }
    }


def error_summary(run: IngestRun, groups: Sequence[IngestErrorGroup]) -> dict[str, Any]:
    """Failures by cause: those of whole rows and those of single fields, the most frequent first."""
    whole = [group for group in groups if _is_of_whole_row(group)]
    fields = [group for group in groups if not _is_of_whole_row(group)]
    return {
        "data": {
            "total_failed_rows": run.failed,
            "open_failed_rows": run.open_failures,
            "error_summary": [_entry(group, group.message) for group in whole],
            "validation_summary": [_entry(group, f"{group.field}: {group.message}") for group in fields],
        }
    }


def importer_json(definition: Definition) -> dict[str, Any]:
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


def _column(column: Column, definition: Definition) -> dict[str, Any]:
    """A column; one whose cell holds rows of another table has their columns too."""
    found = {
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
        found |= {"table": within.table, "columns": [_column(inner, within) for inner in within.columns.values()]}
    return found


def _entry(group: IngestErrorGroup, message: str) -> dict[str, Any]:
    return {
        "key": group.key,
        "message": message,
        "count": group.count,
        "suggested_fix": group.suggested_fix,
    }


def _is_of_whole_row(group: IngestErrorGroup) -> bool:
    return group.rule in WHOLE_ROW_RULES or group.rule.startswith("database-")


def _time(value: datetime | None) -> str | None:
    return iso(value) if value else None
