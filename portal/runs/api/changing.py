"""What can be done with a run that is there."""

from __future__ import annotations

from portal.accounts.access import current_actor
from portal.accounts.permissions import writer
from portal.api.endpoint import endpoint
from portal.runs import operations
from portal.runs.api.blueprint import blueprint
from portal.runs.shapes import Message


@blueprint.post("/<int:run_id>/cancel")
@writer
@endpoint("Cancel a run", answers=Message, refuses=(409,))
def cancel(run_id: int) -> Message:
    """Ask a run to stop: what is in stays in. 409 where it has finished already."""
    operations.cancel_run(run_id, actor=current_actor())
    return {"message": "Cancellation request sent."}
