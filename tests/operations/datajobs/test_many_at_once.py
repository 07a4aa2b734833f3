"""Files that are handed in by the hundred: others wait meanwhile, so nothing is changed one by one."""

from __future__ import annotations

import pytest

from tests.support.job_lab import JobLab
from tests.support.meanwhile import statements

DATABASES = ("sqlite",)


@pytest.mark.parametrize("how", ["again", "in_their_places"])
def test_files_that_failed_are_handed_in_with_as_many_changes_as_one_is(job_lab: JobLab, how: str) -> None:
    changes = []
    for count in (1, 12):
        failed = [job_lab.file(f"{number}.txt", "") for number in range(count)]
        job_id = job_lab.job(*failed)
        others = [job_lab.file(f"{number}.txt") for number in range(count)]
        with statements() as sent:
            handed = job_lab.add(job_id, *(failed if how == "again" else others))
        assert len(handed.retried if how == "again" else handed.replaced) == count
        assert set(job_lab.states(job_id).values()) == {"queued"}
        changes.append(sum(one.startswith(("UPDATE file_records", "UPDATE ingestion_jobs")) for one in sent))
    assert changes[0] == changes[1]
