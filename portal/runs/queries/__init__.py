"""Every question that is asked about runs."""

from __future__ import annotations

from portal.runs.queries.open_rows import (
    ROW_EDITED,
    count_open,
    count_open_alike,
    family_at_work,
    last_edit,
    open_in_same_columns,
    open_numbers,
)
from portal.runs.queries.rates import rows_per_minute, throughput
from portal.runs.queries.rows import (
    KeptRow,
    RowFailure,
    error_groups,
    failures_of_row,
    find_group,
    find_row,
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
    watched_run,
)
from portal.runs.queries.streams import FailedRows, open_failed_rows, stream_events, stream_rows, stream_runs

__all__ = [
    "ROW_EDITED",
    "FailedRows",
    "KeptRow",
    "RowFailure",
    "active_runs",
    "count_open",
    "count_open_alike",
    "earlier_run_of",
    "error_groups",
    "failures_of_row",
    "family_at_work",
    "find_group",
    "find_row",
    "find_run",
    "is_used",
    "last_edit",
    "open_failed_rows",
    "open_in_same_columns",
    "open_numbers",
    "recent_runs",
    "retries_of",
    "rows_of",
    "rows_of_group",
    "rows_per_minute",
    "runs_in_need",
    "runs_page",
    "stream_events",
    "stream_rows",
    "stream_runs",
    "throughput",
    "visible_run",
    "watched_run",
]
