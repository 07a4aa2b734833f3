"""Which data jobs use which files: as one of theirs, or as the Markdown that one of theirs became. Files that are
converted by themselves are used until that has ended."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import Integer, String, cast, null, select, union_all, update

from portal.datajobs.models import DataJob, DataJobFile, FileRecord
from portal.extensions import db
from portal.files.uses import Use
from portal.lifecycle import RECORD_ACTIVE

_by_itself = FileRecord.data_job_id.is_(None)
_nothing = (cast(null(), String).label("ingestion_job_id"), cast(null(), Integer).label("user_id"))

_attached = select(DataJobFile.file_id.label("file_id"), DataJobFile.data_job_id.label("job_id"), *_nothing)
_made = select(FileRecord.result_file_id, FileRecord.data_job_id, *_nothing)
_at_work = select(FileRecord.file_id, FileRecord.data_job_id, FileRecord.ingestion_job_id, FileRecord.user_id)
_uses = union_all(
    _attached,
    _made.where(FileRecord.result_file_id.is_not(None), FileRecord.data_job_id.is_not(None)),
    _at_work.where(_by_itself, FileRecord.status.in_(RECORD_ACTIVE)),
).subquery()

USED_IDS = select(_uses.c.file_id)
"""The ids of all files that data jobs use, and of those that are being converted by themselves."""

KEPT_IDS = select(FileRecord.result_file_id).where(FileRecord.result_file_id.is_not(None), _by_itself)
"""The ids of Markdown that was asked for by itself: it doesn't go with the document that it was made from."""


def uses_in_jobs(file_ids: Collection[str]) -> Iterator[tuple[str, Use]]:
    """For `portal.files.uses`; one query."""
    query = select(_uses, DataJob.name, DataJob.user_id.label("owner_id"))
    query = query.outerjoin(DataJob, DataJob.id == _uses.c.job_id).where(_uses.c.file_id.in_(file_ids))
    for row in db.session.execute(query.order_by(DataJob.name)):
        if row.job_id is None:
            file = {"file_id": row.file_id}  # no page shows an ingestion job by itself
            yield row.file_id, Use("Ingestion job", row.ingestion_job_id, "files.file", file, row.user_id)
        else:
            yield row.file_id, Use("Data job", row.name, "datajobs.job", {"job_id": row.job_id}, row.owner_id)


def let_go(file_ids: Collection[str]) -> None:
    """For `portal.files.uses`: that a file was the result of a conversion by itself is no reason to keep it."""
    results = update(FileRecord).where(FileRecord.result_file_id.in_(file_ids), _by_itself)
    db.session.execute(results.values(result_file_id=None))
