"""A worker dies when the store has its Markdown and the database doesn't, and people are quicker than recovery."""

from __future__ import annotations

import pytest

from portal.datajobs import operations
from portal.datajobs.engine import converting
from portal.files.storage import Storage
from tests.support.job_lab import JobLab

DATABASES = ("sqlite",)


class Dies(BaseException):
    """The worker is gone."""


class DiesAfterPut(Storage):
    def put(self, local_path: str, key: str) -> None:
        super().put(local_path, key)
        raise Dies


@pytest.mark.parametrize("recovered", [False, True])
@pytest.mark.parametrize("how", ["removed", "cancelled", "deleted"])
def test_what_it_had_put_into_the_store_goes_with_the_file(job_lab: JobLab, how: str, recovered: bool) -> None:
    file_id = job_lab.file("a.txt")
    job_id = job_lab.job(file_id)
    with pytest.raises(Dies):
        converting.convert_waiting(job_lab.context(storage=DiesAfterPut(f"file://{job_lab.folder / 'files'}")))
    if recovered:
        job_lab.recover("one")
    if how == "cancelled":
        operations.cancel_processing(job_id, actor=job_lab.user)
    if how == "deleted":
        operations.delete_job(job_id, actor=job_lab.user)
    else:
        operations.remove_files(job_id, [file_id], actor=job_lab.user)
    job_lab.recover("one")
    assert [key for key in job_lab.stored() if key.startswith("converted/")] == []
