"""Runs as JSON, in the shapes that programs rely on. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from portal.importers import Definition
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
    """One importer with its columns and rules."""
    return {
        "slug": definition.slug,
        "name": definition.title,
        "description": definition.description,
        "table": definition.table,
        "key": list(definition.key),
        "duplicate_strategy": definition.on_duplicate,
        "source": "upload",
        "columns": [
            {
                "name": column.name,
                "headers": list(column.headers),
                "type": column.type_name,
                "required": definition.requires(column),
                "rules": column.rules,
            }
            for column in definition.columns.values()
        ],
    }


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
