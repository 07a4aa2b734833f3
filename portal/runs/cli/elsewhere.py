"""A portal elsewhere, by its JSON API."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from urllib.parse import quote

from portal.client import Answer, Connection
from portal.importers import Format
from portal.importers.formats import to_json
from portal.importers.reading_options import options_of
from portal.lifecycle import RunStatus
from portal.runs.cli.addresses import API


class RunsElsewhere:
    """A `RunsDoor` for the owner of the token."""

    poll_seconds = 1.0

    def __init__(self, connection: Connection) -> None:
        self._portal = connection

    def importers(self) -> Answer:
        return self._portal.get(f"{API}/importers")

    def runs(self, *, status: str | None, importer: str | None, page: int) -> Answer:
        return self._portal.get(API, {"status": status, "importer": importer, "page": page})

    def run(self, run_id: int) -> Answer:
        return self._portal.poll(f"{API}/{run_id}")

    def errors(self, run_id: int) -> Answer:
        return self._portal.get(f"{API}/{run_id}/errors/summary")

    def timeline(self, run_id: int, *, page: int) -> Answer:
        return self._portal.get(f"{API}/{run_id}/timeline", {"page": page})

    def rows(self, run_id: int, *, status: str | None, error: str | None, page: int) -> Answer:
        return self._portal.get(f"{API}/{run_id}/rows", {"status": status, "error": error, "page": page})

    def traced_row(self, run_id: int, row_number: int) -> Answer:
        return self._portal.get(f"{API}/{run_id}/rows/{row_number}")

    def failed_rows(self, run_id: int) -> Iterator[bytes]:
        blocks = self._portal.download(f"{API}/{run_id}/failed-rows/download")
        return chain([next(blocks, b"")], blocks)  # asked for now, so that a refusal comes before anything is written

    def start(
        self, slug: str, path: Path, *, dry_run: bool, format: Format | None, columns: Mapping[str, str | None]
    ) -> Answer:
        fields = _dry_run(dry_run) | (options_of(to_json(format)) if format else {})
        if columns:
            fields["mapping"] = json.dumps(dict(columns))
        return self._portal.upload(f"{API}/upload/{quote(slug, safe='')}", path, fields)

    def trigger(self, slug: str, *, dry_run: bool) -> Answer:
        return self._portal.start(f"{API}/trigger/{quote(slug, safe='')}", {"dry_run": dry_run})

    def retry(self, run_id: int, *, dry_run: bool, rows: Sequence[int] | None, error: str | None) -> Answer:
        return self._portal.start(f"{API}/{run_id}/retry", {"dry_run": dry_run, "rows": rows, "error": error})

    def correct(self, run_id: int, path: Path, *, dry_run: bool) -> Answer:
        return self._portal.upload(f"{API}/{run_id}/correct", path, _dry_run(dry_run))

    def cancel(self, run_id: int) -> Answer:
        return self._portal.post(f"{API}/{run_id}/cancel")

    def edit_row(self, run_id: int, row_number: int, cells: Mapping[str, str], *, version: str | None) -> Answer:
        return self._portal.patch(f"{API}/{run_id}/rows/{row_number}", {"data": dict(cells), "version": version})

    def why_still(self, status: str) -> str:
        pending = status == RunStatus.PENDING
        return "The run has not begun yet: perhaps no worker is running there." if pending else ""


def _dry_run(dry_run: bool) -> dict[str, str]:
    return {"dry_run": "true"} if dry_run else {}
