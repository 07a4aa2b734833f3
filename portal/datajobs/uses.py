"""Which data jobs use which files: as one of theirs, or as the Markdown that one of theirs became."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import select, union_all

from portal.datajobs.models import DataJob, DataJobFile, FileRecord
from portal.extensions import db
from portal.files.uses import Use

_attached = select(DataJobFile.file_id.label("file_id"), DataJobFile.data_job_id.label("job_id"))
_made = select(FileRecord.result_file_id, FileRecord.data_job_id).where(FileRecord.result_file_id.is_not(None))
_uses = union_all(_attached, _made).subquery()

USED_IDS = select(_uses.c.file_id)
"""The ids of all files that data jobs use."""


def uses_in_jobs(file_ids: Collection[str]) -> Iterator[tuple[str, Use]]:
    """For `portal.files.uses`; one query."""
    query = select(_uses.c.file_id, _uses.c.job_id, DataJob.name, DataJob.user_id)
    query = query.outerjoin(DataJob, DataJob.id == _uses.c.job_id)
    for file_id, job_id, name, owner_id in db.session.execute(
        query.where(_uses.c.file_id.in_(file_ids)).order_by(DataJob.name)
    ):
        if job_id is None:
            yield file_id, Use("Ingestion", "converted by itself", "files.index")
        else:
            yield file_id, Use("Data job", name, "datajobs.job", {"job_id": job_id}, owner_id)
