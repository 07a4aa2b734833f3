"""What pages show of alignment, whosever page it is."""

from __future__ import annotations

from typing import Any

from portal.accounts.models import User
from portal.accounts.permissions import can_change
from portal.alignment import queries
from portal.alignment.forms import TYPE_NAMES
from portal.alignment.generating.costs import in_dollars
from portal.alignment.models import AlignmentJob
from portal.alignment.progress import percent_of, progress_of
from portal.alignment.spending import spent
from portal.database import utcnow


def alignment_parts(job: AlignmentJob, user: User) -> dict[str, Any]:
    """What `templates/alignment/_training_data.html` is made from; steps and files of the job are loaded."""
    made = queries.summary_of([job.id])[job.id]
    cost = spent(job, made)
    return {
        "alignment": job,
        "made": made,
        "cost": None if cost is None else in_dollars(cost),
        "how_far": progress_of(job, utcnow()),
        "steps": [(step, percent_of(step)) for step in job.steps],
        "outputs": [file for file in (job.jsonl_file, job.parquet_file) if file],
        "alignment_types": TYPE_NAMES,
        "may_change_pairs": can_change(user, job.user_id),
    }
