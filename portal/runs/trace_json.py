"""A traced row as JSON. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from portal.runs.shapes import TracedRowAnswer, TracedRowShape
from portal.runs.tracing import TracedRow
from portal.web.filters import iso

if TYPE_CHECKING:
    from portal.runs.engine.tracing import RowTrace


def traced_row_json(run_id: int, traced: TracedRow) -> TracedRowAnswer:
    """The row with its failures and its trace; values that JSON doesn't have are texts."""
    plain = {
        "run_id": run_id,
        "row_number": traced.row.row_number,
        "status": traced.row.status,
        "settled_by_run_id": traced.row.settled_by_run_id,
        "data": traced.row.data,
        "version": traced.row.version,
        "edited_at": iso(traced.row.edited_at) if traced.row.edited_at else None,
        "errors": [asdict(failure) for failure in traced.failures],
        "trace": _trace_json(traced.trace) if traced.trace else None,
        "untraced": traced.untraced.detail if traced.untraced else None,
    }
    found: TracedRowShape = json.loads(json.dumps(plain, default=str))
    return {"data": found}


def _trace_json(trace: RowTrace) -> dict[str, Any]:
    return {
        "columns": [asdict(column) for column in trace.columns.values()],
        "rules": [{"name": name, "judgements": list(map(asdict, judged))} for name, judged in trace.rules.items()],
        "written": trace.written,
    }
