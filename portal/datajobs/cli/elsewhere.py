"""A portal elsewhere, by its JSON API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from portal.client import Answer, Connection
from portal.command_line import WrongUsage
from portal.datajobs.cli.addresses import API, FILES, MANY_FILES
from portal.files.models import FilePurpose
from portal.web.paging import PER_PAGE


class DataJobsElsewhere:
    """A `DataJobsDoor` for the owner of the token."""

    poll_seconds = 1.0

    def __init__(self, connection: Connection) -> None:
        self._portal = connection

    def jobs(self, *, status: str | None, job_type: str | None, search: str | None, page: int) -> Answer:
        narrowing = {"status": status, "job_type": job_type, "search": search}
        return self._portal.get(API, {**narrowing, "limit": PER_PAGE, "offset": (page - 1) * PER_PAGE})

    def job(self, job_id: str) -> Answer:
        return self._portal.poll(f"{API}/{job_id}")

    def create(
        self,
        name: str,
        job_type: str,
        *,
        description: str | None,
        system_prompt: str | None,
        instructions: str | None,
        owner: str | None,
    ) -> Answer:
        if owner is not None:
            raise WrongUsage("At a portal elsewhere a job belongs to the owner of the token: leave --owner out.")
        texts = {"description": description, "system_prompt": system_prompt, "instructions": instructions}
        return self._portal.post(API, {"name": name, "job_type": job_type, **texts})

    def upload(self, job_id: str, paths: Sequence[Path]) -> list[Answer]:  # noqa: ARG002 - the token says whose they are
        return self._portal.put(MANY_FILES, paths, {"purpose": FilePurpose.ALIGNMENT})

    def add_files(self, job_id: str, file_ids: Sequence[str], *, method: str) -> Answer:
        return self._portal.post(f"{API}/{job_id}/add-files", {"file_ids": file_ids, "method": method})

    def remove_files(self, job_id: str, file_ids: Sequence[str]) -> Answer:
        return self._portal.post(f"{API}/{job_id}/remove-files", {"file_ids": file_ids})

    def retry(self, job_id: str, record_ids: Sequence[str] | None) -> Answer:
        return self._portal.start(f"{API}/{job_id}/retry", {} if record_ids is None else {"record_ids": record_ids})

    def start(self, job_id: str) -> Answer:
        return self._portal.start(f"{API}/{job_id}/start")

    def cancel(self, job_id: str) -> Answer:
        return self._portal.post(f"{API}/{job_id}/cancel")

    def contents(self, file_id: str) -> Iterator[bytes]:
        blocks = self._portal.download(f"{FILES}/{file_id}/content")
        return chain([next(blocks, b"")], blocks)  # asked for now, so that a refusal comes before anything is written

    def why_still(self, *, has_begun: bool) -> str:
        return "" if has_begun else "Nothing has begun yet: the workers there are busy, or none is running."
