"""A system prompt for a data job, from what it is for and what its documents are about."""

from __future__ import annotations

from portal.accounts.models import User
from portal.alignment import operations as alignment
from portal.alignment.operations import Suggestion
from portal.datajobs import queries
from portal.datajobs.operations.changing import changeable_job
from portal.errors import BadInput


def suggest_prompt(job_id: str, *, actor: User) -> Suggestion:
    """A system prompt that fits the job's instructions and documents; nothing is kept. Raises NotFound, and BadInput
    where the job has neither."""
    instructions = changeable_job(job_id, actor).instructions or ""
    summary = alignment.summary_of_files(queries.markdown_of(job_id))
    if not instructions and not summary:
        raise BadInput(
            "There is nothing yet that a system prompt could follow from.",
            fix="Add documents and let them be processed, or write instructions first.",
        )
    return alignment.suggest_prompt(instructions, summary)
