"""A traced row as lines for a terminal. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]


def trace_text(row: Json) -> str:
    """What failed, then each column: its cell, what was done to it, what it was asked for."""
    lines = [f"Row {row['row_number']:,} of run {row['run_id']}: {row['status']}"]
    for failure in row["errors"]:
        lines.append(f"  {failure['message']}" + (f" ({shown(failure['value'])})" if failure["value"] else ""))
        lines += [f"  {failure['suggested_fix']}"] if failure["suggested_fix"] else []
    if row["untraced"]:
        lines += ["", row["untraced"]]
    return "\n".join([*lines, *(_trace_lines(row["trace"]) if row["trace"] else ())])


def shown(value: object) -> str:
    """A value of any kind on one line, texts in quotes."""
    if value is None:
        return "missing"
    text = value if isinstance(value, str) else str(value)
    visible = text if text.isprintable() else repr(text)[1:-1]
    return f"“{visible}”" if isinstance(value, str) else visible


def _trace_lines(trace: Json) -> Iterator[str]:
    for column in trace["columns"]:
        yield from ("", *_column_lines(column))
    for rule in trace["rules"]:
        if rule["judgements"]:
            yield from ("", f"{rule['name']}: a rule across columns", *_judgement_lines(rule["judgements"]))
    yield from ("", "It fails like this." if trace["written"] is None else "As things are now, it passes every rule.")


def _column_lines(column: Json) -> Iterator[str]:
    yield f"{column['name']}: " + (shown(column["raw"]) if column["header"] else "no cell of the file")
    for step in column["steps"]:
        yield f"  {step['words']}: {shown(step['value'])}"
    yield from _judgement_lines(column["judgements"])


def _judgement_lines(judgements: Sequence[Json]) -> Iterator[str]:
    for judged in judgements:
        yield f"  {judged['rule']}: " + ("passed" if judged["passed"] else f"failed. {judged['message']}")
