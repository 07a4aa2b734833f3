"""What the rows of a group are shown with, on the group's page, in the run's page and after an edit alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from portal.accounts.access import current_actor
from portal.accounts.permissions import can_change
from portal.runs import queries
from portal.runs.judging import RowCheck, check_cells
from portal.runs.models import IngestErrorGroup, IngestRun
from portal.runs.queries import KeptRow
from portal.web.paging import Page


def group_parts(run: IngestRun, group: IngestErrorGroup, page: Page[KeptRow]) -> dict[str, Any]:
    """A page of a group's rows."""
    at_work = queries.family_at_work(run)
    checks = checks_of(run, page.items)
    return {
        "run": run,
        "group": group,
        "page": replace(page, items=[as_checked(row, checks) for row in page.items]),
        "headers": ordered_headers(run, group),
        "checks": checks,
        "at_work": at_work,
        "may_edit": not at_work and may_change(run),
        "open_rows": queries.count_open_alike(run, group),
    }


def may_edit(run: IngestRun) -> bool:
    """Whether the signed-in user may edit and retry open rows of the run now."""
    return may_change(run) and not queries.family_at_work(run)


def may_change(run: IngestRun) -> bool:
    return not run.dry_run and can_change(current_actor(), run.user_id)


def known_errors(run: IngestRun, row: KeptRow) -> list[tuple[str, str, str | None]]:
    """What is wrong with the row as far as it is known: as it failed, or as it stands since it was edited."""
    return as_checked(row, checks_of(run, [row])).errors


def checks_of(run: IngestRun, rows: Sequence[KeptRow]) -> dict[int, RowCheck]:
    """How edited rows that are still open stand now, by number; the others are as they failed."""
    edited = [row for row in rows if row.edited_at and row.is_open]
    return check_cells(run, {row.row_number: list(row.data.values()) for row in edited})


def as_checked(row: KeptRow, checks: dict[int, RowCheck]) -> KeptRow:
    """The row with what is wrong with it now in the place of what was wrong before its edit."""
    check = checks.get(row.row_number)
    if check is None or check.unchecked:
        return row
    return replace(row, errors=[(failure.field, failure.message, failure.value) for failure in check.failures])


def ordered_headers(run: IngestRun, group: IngestErrorGroup) -> list[str]:
    """The headers of the columns that failed come first: a file may have too many to see them otherwise."""
    bad = group.field.split(", ")
    return sorted(run.headers, key=lambda header: run.mapping.get(header) not in bad)
