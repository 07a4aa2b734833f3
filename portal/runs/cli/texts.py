"""Runs, importers and rows as lines for a terminal, from the JSON that the portal answers. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portal.command_line import bar, table
from portal.progress import Progress

Json = Mapping[str, Any]


def importers_text(importers: Sequence[Json]) -> str:
    """The importers with their tables, and where their files come from."""
    rows = [
        (
            found["slug"],
            found["name"],
            found["table"],
            found["source"],
            f"{found['schedule']} UTC" * bool(found["schedule"]),
        )
        for found in importers
    ]
    return table(["IMPORTER", "NAME", "TABLE", "SOURCE", "SCHEDULE"], rows)


def runs_text(runs: Sequence[Json]) -> str:
    """The runs with their counts."""
    if not runs:
        return "There are no runs."
    rows = [
        (
            str(run["id"]),
            run["importer"],
            status_name(run),
            run["progress"]["successful"],
            run["progress"]["failed"],
            run["open_failures"],
            run["original_filename"],
        )
        for run in runs
    ]
    return table(["RUN", "IMPORTER", "STATUS", "IMPORTED", "FAILED", "OPEN", "FILE"], rows)


def run_text(run: Json) -> str:
    """The run in some lines, with a bar."""
    progress = progress_of(run)
    lines = [
        f"Run {run['id']}: {run['original_filename']} -> {run['importer']}{' (dry run)' * run['dry_run']}",
        f"Status: {run['status'].replace('_', ' ')}",
        bar(progress.percent or 0, progress.text),
        counts_text(run),
    ]
    if run["retried_from_run_id"]:
        lines.insert(1, f"Retries run {run['retried_from_run_id']}.")
    if run["error"]:
        lines.append(f"Error: {_what_broke(run)}")
    return "\n".join(lines)


def status_name(run: Json) -> str:
    """As in: completed with errors (dry run)."""
    return f"{run['status'].replace('_', ' ')}{' (dry run)' * run['dry_run']}"


def counts_text(run: Json) -> str:
    """What became of its rows."""
    counts = run["progress"]
    return f"{counts['successful']:,} imported, {counts['skipped']:,} skipped, {counts['failed']:,} failed"


def progress_of(run: Json) -> Progress:
    """How far the run is."""
    counts = run["progress"]
    return Progress(
        counts["total"], counts["successful"], counts["failed"], counts["skipped"], run["rate"], run["checked"]
    )


def failure_text(run: Json) -> str:
    """Why a run that has ended didn't bring in all rows, and where to read more."""
    if run["error"]:
        return _what_broke(run)
    if run["progress"]["failed"]:
        return f"{run['progress']['failed']:,} rows failed: portal ingest errors {run['id']}"
    return f"Run {run['id']} was {run['status']}."


def errors_text(summary: Json) -> str:
    """The causes with their counts and keys, the most frequent first, each with what to do about it."""
    groups = sorted([*summary["error_summary"], *summary["validation_summary"]], key=lambda group: -group["count"])
    lines = [f"{summary['total_failed_rows']:,} rows failed, {summary['open_failed_rows']:,} of them are open."]
    for group in groups:
        lines += [f"{group['count']:>9,}  {group['message']} ({group['key']})", f"{'':>9}  {group['suggested_fix']}"]
    return "\n".join(line.rstrip() for line in lines)


def rows_text(rows: Sequence[Json]) -> str:
    """The rows with why they failed, and their cells by header."""
    if not rows:
        return "There are no such rows."
    headers = list(rows[0]["data"])
    cells = [
        (str(row["row_number"]), _state(row), _why(row), *(row["data"].get(header) for header in headers))
        for row in rows
    ]
    return table(["ROW", "STATUS", "WHY", *headers], cells)


def edited_text(answer: Json) -> str:
    """Whether the row passes now, and what is still wrong with it."""
    row, check = answer["data"], answer["check"]
    if check["passes"]:
        return f"Row {row['row_number']:,} passes every rule now."
    texts = [f"  {message}" for messages in check["errors"].values() for message in messages]
    return "\n".join([f"Row {row['row_number']:,} would fail again:", *texts])


def _what_broke(run: Json) -> str:
    return f"{run['error']} {run['error_fix'] or ''}".rstrip()


def _state(row: Json) -> str:
    settled = row["settled_by_run_id"]
    return f"{row['status']}, in by run {settled}" if settled else str(row["status"])


def _why(row: Json) -> str:
    errors = row["errors"]
    if not errors:
        return ""
    return " ".join(message for messages in errors["validation"].values() for message in messages) or errors["message"]
