"""Converting files by themselves, for no data job."""

from __future__ import annotations

from collections.abc import Sequence

from portal.accounts.models import User
from portal.database import writing
from portal.datajobs import tasks
from portal.datajobs.models import IngestionJob
from portal.datajobs.operations.files import checked_ids, checked_method
from portal.datajobs.operations.handing_in import Ingestion, look_at, still_there
from portal.documents.methods import Method
from portal.extensions import db
from portal.idempotency import Once


def ingest(
    file_ids: Sequence[str], *, actor: User, method: str = Method.ACCURACY, once: Once | None = None
) -> IngestionJob:
    """Have files of the library converted; Markdown is its own result. What comes of them are files of `actor`'s.

    A file that isn't there, or that `actor` may not see, gets a record that says so: the two are never told apart.
    Raises BadInput naming the fields `files` and `method`, OutOfReach; StartedBefore where a request with the same key
    (`once`, kept with the id of the first record) was quicker.
    """
    chosen, ids = checked_method(method), checked_ids(file_ids, "files")
    looked_at = look_at(ids, actor)
    with writing(db.session):
        ingestion = Ingestion(None, chosen, actor)
        records = [ingestion.add(wanted) for wanted in still_there(looked_at)]
        ingestion.close()
        if once:
            once.claim(db.session, records[0].id)
        waiting = sum(record.is_active for record in records)
        job = db.session.get_one(IngestionJob, records[0].ingestion_job_id)
    tasks.wake(waiting)
    return job
