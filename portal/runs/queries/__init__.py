"""Every question that is asked about runs."""

from __future__ import annotations

from portal.runs.queries.rates import rows_per_minute, throughput
from portal.runs.queries.rows import (
    KeptRow,
    RowFailure,
    error_groups,
    failures_of_row,
    find_group,
    find_row,
    open_failed_rows,
    rows_of,
    rows_of_group,
)
from portal.runs.queries.runs import (
    active_runs,
    earlier_run_of,
    find_run,
    is_used,
    recent_runs,
    retries_of,
    runs_in_need,
    runs_page,
    visible_run,
)

__all__ = [
    "KeptRow",
    "RowFailure",
    "active_runs",
    "earlier_run_of",
    "error_groups",
    "failures_of_row",
    "find_group",
    "find_row",
    "find_run",
    "is_used",
    "open_failed_rows",
    "recent_runs",
    "retries_of",
    "rows_of",
    "rows_of_group",
    "rows_per_minute",
    "runs_in_need",
    "runs_page",
    "throughput",
    "visible_run",
]
