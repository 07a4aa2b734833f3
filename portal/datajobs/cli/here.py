"""The portal of this machine, without its web server: within the app, on its database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from portal.accounts.models import Role, User
from portal.accounts.operations import user_by_email
from portal.accounts.queries import first_admin
from portal.api.lists import listed_part
from portal.client import Answer
from portal.command_line import COMMAND_LINE
from portal.datajobs import operations, queries
from portal.datajobs.detail import detail_of
from portal.datajobs.models import DataJob
from portal.datajobs.serializers import data_job_shape
from portal.errors import NotFound, no_such
from portal.extensions import db
from portal.files import queries as files
from portal.files.contents import open_stored
from portal.files.operations import add_paths
from portal.files.serializers import file_shape
from portal.web.paging import PER_PAGE
from portal.workers.presence import workers_seen

BLOCK = 1 << 18


class DataJobsHere:
    """A `DataJobsDoor` for whoever may run commands on this machine.

    Data jobs and files belong to accounts, so a command acts for the owner of the job: what it adds is theirs, and what
    they may not see isn't there for it. The timeline says that it was the command line.
    """

    poll_seconds = 0.2

    def jobs(self, *, status: str | None, job_type: str | None, search: str | None, page: int) -> Answer:
        narrowing = queries.Narrowing(status or "", job_type or "", search or "")
        found = queries.jobs_part(_everyone(), narrowing, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
        counts = queries.counts_of([job.id for job in found.items])
        return listed_part(found, lambda job: data_job_shape(job, counts[job.id]))

    def job(self, job_id: str) -> Answer:
        db.session.commit()  # what workers wrote since the last time must be seen
        return {**detail_of(_existing(job_id), _everyone())}

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
        account = user_by_email(owner) if owner else _an_administrator()
        texts = {"description": description, "system_prompt": system_prompt, "instructions": instructions}
        return self.job(operations.create_job(name, job_type, actor=_acting_for(account), **texts).id)

    def upload(self, job_id: str, paths: Sequence[Path]) -> list[Answer]:
        return [file_shape(file) for file in add_paths(paths, actor=_owner_of(job_id))]

    def add_files(self, job_id: str, file_ids: Sequence[str], *, method: str) -> Answer:
        operations.add_files(job_id, file_ids, actor=_owner_of(job_id), method=method)
        return self.job(job_id)

    def remove_files(self, job_id: str, file_ids: Sequence[str]) -> Answer:
        operations.remove_files(job_id, file_ids, actor=_owner_of(job_id))
        return self.job(job_id)

    def retry(self, job_id: str, record_ids: Sequence[str] | None) -> Answer:
        numbers = None if record_ids is None else [int(record_id.removeprefix("rec-")) for record_id in record_ids]
        operations.retry_files(job_id, actor=_owner_of(job_id), record_ids=numbers)
        return self.job(job_id)

    def start(self, job_id: str) -> Answer:
        operations.start_job(job_id, actor=_owner_of(job_id))
        return self.job(job_id)

    def cancel(self, job_id: str) -> Answer:
        operations.cancel_job(job_id, actor=_owner_of(job_id))
        return self.job(job_id)

    def contents(self, file_id: str) -> Iterator[bytes]:
        file = files.visible_file(_everyone(), file_id)
        if file is None:
            raise no_such(f"file {file_id}")
        with open_stored(file) as source:
            while block := source.read(BLOCK):
                yield block

    def why_still(self, *, has_begun: bool) -> str:  # noqa: ARG002 - what workers say tells more
        return "" if workers_seen() else "No worker is running: start one with portal worker."


def newest_jobs(count: int) -> Sequence[DataJob]:
    """So many jobs at most."""
    return queries.jobs_part(_everyone(), queries.Narrowing(), limit=count, offset=0).items


def _everyone() -> User:
    """Whoever may run commands here may see all."""
    return User(email=COMMAND_LINE.email, role=Role.ADMIN)


def _existing(job_id: str) -> DataJob:
    job = queries.visible_job(_everyone(), job_id)
    if job is None:
        raise no_such(f"data job {job_id}")
    return job


def _owner_of(job_id: str) -> User:
    return _acting_for(_existing(job_id).user)


def _an_administrator() -> User:
    account = first_admin()
    if account is None:
        raise NotFound("There is no administrator whose the data job could be.", fix="Say whose: --owner EMAIL.")
    return account


def _acting_for(account: User) -> User:
    """A copy of the account that no session knows, under the name of the command line. It may change things though the
    account itself may only read by now."""
    role = Role.OPERATOR if account.role == Role.OPERATOR else Role.ADMIN
    return User(id=account.id, email=COMMAND_LINE.email, role=role)
