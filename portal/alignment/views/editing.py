"""Editing a pair: in its place among the others, or on its own page where there are no scripts."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor
from portal.accounts.permissions import reader, writer
from portal.alignment import operations
from portal.alignment.views.blueprint import blueprint
from portal.alignment.views.pair_parts import changed, existing, in_list, place, shown_pair, to_pairs, with_form
from portal.alignment.views.reading import visible
from portal.errors import BadInput, WrongState
from portal.web.refusals import told
from portal.web.requests import wants_fragment
from portal.web.typed import as_typed

PAIR_ADDRESS = "/<public_id:alignment_id>/pairs/<int:pair_id>"


@blueprint.get(PAIR_ADDRESS)
@reader
def pair(alignment_id: str, pair_id: int) -> ResponseReturnValue:
    """A pair with all of its passage on a page of its own; as a part of the list, whose form was left, as it stands
    there."""
    job = visible(alignment_id)
    found = existing(job, pair_id)
    return in_list(job, found) if wants_fragment() else with_form(job, shown_pair(found))


@blueprint.get(f"{PAIR_ADDRESS}/edit")
@writer
def edit_form(alignment_id: str, pair_id: int) -> ResponseReturnValue:
    """The form in the place of the pair."""
    job = visible(alignment_id)
    found = existing(job, pair_id)
    if not wants_fragment():
        return redirect(url_for("alignment.pair", alignment_id=alignment_id, pair_id=pair_id, **place()))
    return with_form(job, shown_pair(found))


@blueprint.post(f"{PAIR_ADDRESS}/edit")
@writer
def edit(alignment_id: str, pair_id: int) -> ResponseReturnValue:
    """Keep what was typed."""
    typed = {name: as_typed(request.form.get(name, "")) for name in ("question", "answer")}
    version = request.form.get("version")
    try:
        operations.edit_pair(alignment_id, pair_id, **typed, actor=current_actor(), version=version)
    except (BadInput, WrongState) as error:
        job = visible(alignment_id)
        return with_form(job, shown_pair(existing(job, pair_id), problem=error, **typed))
    return changed(alignment_id, pair_id, "The pair was saved.")


@blueprint.post(f"{PAIR_ADDRESS}/revert")
@writer
def revert(alignment_id: str, pair_id: int) -> ResponseReturnValue:
    """Make it what it was before anybody edited it."""
    with told():
        operations.revert_pair(alignment_id, pair_id, actor=current_actor())
        return changed(alignment_id, pair_id, "The pair is as it was made again.")
    return to_pairs(alignment_id)
