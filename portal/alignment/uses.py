"""Which alignments use which files: Markdown while pairs are made of it, and the training data that they made.

Once an alignment has ended, its Markdown may be deleted: the passages that its pairs rest on are kept. Its training
data may not, as long as it is there: with the next change of a pair it is written again, under the same id. Deleting
the alignment sets it free.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import select, union_all

from portal.alignment.models import AlignmentJob, AlignmentSource
from portal.extensions import db
from portal.files.uses import Use
from portal.lifecycle import ALIGNMENT_ACTIVE

_read = select(AlignmentSource.file_id.label("file_id"), AlignmentSource.alignment_job_id.label("job_id"))
_read = _read.join(AlignmentJob).where(AlignmentJob.status.in_(ALIGNMENT_ACTIVE))
_made = (
    select(column, AlignmentJob.id).where(column.is_not(None))
    for column in (AlignmentJob.jsonl_file_id, AlignmentJob.parquet_file_id)
)
_uses = union_all(_read, *_made).subquery()

USED_IDS = select(_uses.c.file_id)
"""The ids of all files that alignments use."""


def uses_in_alignments(file_ids: Collection[str]) -> Iterator[tuple[str, Use]]:
    """For `portal.files.uses`; one query."""
    columns = _uses.c.file_id, AlignmentJob.public_id, AlignmentJob.user_id
    query = select(*columns).join(AlignmentJob, AlignmentJob.id == _uses.c.job_id)
    for file_id, public_id, owner_id in db.session.execute(
        query.where(_uses.c.file_id.in_(file_ids)).order_by(AlignmentJob.id)
    ):
        yield file_id, Use("Alignment", public_id, "alignment.alignment", {"alignment_id": public_id}, owner_id)
