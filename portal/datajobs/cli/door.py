"""What commands ask of a portal about data jobs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from portal.client import Answer


class DataJobsDoor(Protocol):
    """Each answer is that of the JSON API, whose addresses say more: mostly the job as it is afterwards. All raise
    PortalError for what is refused."""

    @property
    def poll_seconds(self) -> float:
        """How long to wait before asking again how a job stands."""

    def jobs(self, *, status: str | None, job_type: str | None, search: str | None, page: int) -> Answer: ...
    def job(self, job_id: str) -> Answer: ...

    def create(
        self,
        name: str,
        job_type: str,
        *,
        description: str | None,
        system_prompt: str | None,
        instructions: str | None,
        owner: str | None,
    ) -> Answer: ...

    def upload(self, job_id: str, paths: Sequence[Path]) -> list[Answer]:
        """Put up to 100 files into the library, where they belong to whom the job belongs to, or to the owner of the
        token; the files in their order."""

    def add_files(self, job_id: str, file_ids: Sequence[str], *, method: str) -> Answer: ...
    def remove_files(self, job_id: str, file_ids: Sequence[str]) -> Answer: ...
    def retry(self, job_id: str, record_ids: Sequence[str] | None) -> Answer: ...
    def start(self, job_id: str) -> Answer: ...
    def cancel(self, job_id: str) -> Answer: ...

    def contents(self, file_id: str) -> Iterator[bytes]:
        """What is in a file of the library, some at a time."""

    def why_still(self, *, has_begun: bool) -> str:
        """What to say of a job in which nothing has moved for a while, "" where that can be as it should."""
