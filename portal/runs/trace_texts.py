"""A traced row as JSON, and as lines for a terminal. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from portal.runs.tracing import TracedRow

if TYPE_CHECKING:
    from portal.runs.engine.tracing import ColumnTrace, Judgement, RowTrace


def traced_row_json(run_id: int, traced: TracedRow) -> dict[str, Any]:
    """The row with its failures and its trace; values that JSON doesn't have are texts."""
    plain = {
        "run_id": run_id,
        "row_number": traced.row.row_number,
        "status": traced.row.status,
        "settled_by_run_id": traced.row.settled_by_run_id,
        "data": traced.row.data,
        "errors": [asdict(failure) for failure in traced.failures],
        "trace": _trace_json(traced.trace) if traced.trace else None,
        "untraced": traced.untraced.detail if traced.untraced else None,
    }
    found: dict[str, Any] = json.loads(json.dumps(plain, default=str))
    return {"data": found}


def _trace_json(trace: RowTrace) -> dict[str, Any]:
    return {
        "columns": [asdict(column) for column in trace.columns.values()],
        "rules": [{"name": name, "judgements": list(map(asdict, judged))} for name, judged in trace.rules.items()],
        "written": trace.written,
    }


def traced_row_text(run_id: int, traced: TracedRow) -> str:
    """What failed, then each column: its cell, what was done to it, what it was asked for."""
    lines = [f"Row {traced.row.row_number:,} of run {run_id}: {traced.row.status}"]
    for failure in traced.failures:
        lines.append(f"  {failure.message}" + (f" ({shown(failure.value)})" if failure.value else ""))
        lines += [f"  {failure.suggested_fix}"] if failure.suggested_fix else []
    if traced.untraced:
        lines += ["", f"{traced.untraced.detail} {traced.untraced.fix}".rstrip()]
    return "\n".join([*lines, *(_trace_lines(traced.trace) if traced.trace else ())])


def _trace_lines(trace: RowTrace) -> Iterator[str]:
    for column in trace.columns.values():
        yield from ("", *_column_lines(column))
    for name, judgements in trace.rules.items():
        if judgements:
            yield from ("", f"{name}: a rule across columns", *_judgement_lines(judgements))
    yield from ("", "It fails like this." if trace.written is None else "As things are now, it passes every rule.")


def shown(value: object) -> str:
    """A value of any kind on one line, texts in quotes."""
    if value is None:
        return "missing"
    text = value if isinstance(value, str) else str(value)
    visible = text if text.isprintable() else repr(text)[1:-1]
    return f"“{visible}”" if isinstance(value, str) else visible


def _column_lines(column: ColumnTrace) -> Iterator[str]:
    yield f"{column.name}: " + (shown(column.raw) if column.header else "no cell of the file")
    for step in column.steps:
        yield f"  {step.words}: {shown(step.value)}"
    yield from _judgement_lines(column.judgements)


def _judgement_lines(judgements: Sequence[Judgement]) -> Iterator[str]:
    for judged in judgements:
        yield f"  {judged.rule}: " + ("passed" if judged.passed else f"failed. {judged.message}")
