"""Starting a data job, and stopping what it was started for."""

from __future__ import annotations

from flask import flash
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor
from portal.accounts.permissions import writer
from portal.alignment import operations as alignment
from portal.datajobs import operations
from portal.datajobs.views.blueprint import blueprint
from portal.datajobs.views.reading import to_job, visible
from portal.errors import WrongState
from portal.web.refusals import told


@blueprint.post("/<public_id:job_id>/start")
@writer
def start(job_id: str) -> ResponseReturnValue:
    """Have training data made, for the first time or again."""
    with told():
        operations.start_job(job_id, actor=current_actor())
    return to_job(job_id)


@blueprint.post("/<public_id:job_id>/training-data/cancel")
@writer
def cancel_training_data(job_id: str) -> ResponseReturnValue:
    """Stop the making of training data. The documents and what was converted stay."""
    started = visible(job_id).alignment
    with told():
        if started is None:
            raise WrongState("No training data is being made of this data job.")
        alignment.cancel(started.public_id, actor=current_actor())
        flash("The making of training data was cancelled. Its documents are as they were.", "info")
    return to_job(job_id)
