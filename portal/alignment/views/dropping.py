"""Taking pairs out of the files and putting them back: one in its place, or several that are ticked."""

from __future__ import annotations

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.accounts.access import current_actor
from portal.accounts.permissions import writer
from portal.alignment import operations
from portal.alignment.operations.pairs import counted
from portal.alignment.views.blueprint import blueprint
from portal.alignment.views.pair_parts import changed, place, to_pairs
from portal.errors import BadInput
from portal.web.refusals import told

LONGEST_ID = 9
"""Digits, as in addresses."""

NOTHING_RESTORED = "Nothing was restored: they are in the files already."


@blueprint.post("/<public_id:alignment_id>/pairs/drop")
@writer
def drop(alignment_id: str) -> ResponseReturnValue:
    """Take the chosen pairs out of the files; the message has a button that puts them back."""
    with told():
        chosen = _chosen()
        dropped = operations.drop_pairs(alignment_id, chosen, actor=current_actor())
        parts = {"alignment_id": alignment_id, "pair_ids": dropped, "place": place()}
        said = render_template("alignment/_dropped.html", **parts)
        return _done(alignment_id, chosen, Markup(said))  # noqa: S704 - a template of ours
    return to_pairs(alignment_id)


@blueprint.post("/<public_id:alignment_id>/pairs/restore")
@writer
def restore(alignment_id: str) -> ResponseReturnValue:
    """Put the chosen pairs into the files again."""
    with told():
        chosen = _chosen()
        restored = operations.restore_pairs(alignment_id, chosen, actor=current_actor())
        return _done(alignment_id, chosen, f"{counted(len(restored))} restored." if restored else NOTHING_RESTORED)
    return to_pairs(alignment_id)


def _done(alignment_id: str, chosen: list[int], said: str) -> ResponseReturnValue:
    if len(chosen) == 1:
        return changed(alignment_id, chosen[0], said)
    flash(said, "success")
    return to_pairs(alignment_id)


def _chosen() -> list[int]:
    """The pairs that are sent, each by itself or several with commas between them. Raises BadInput."""
    words = [word for word in ",".join(request.form.getlist("pair_id")).split(",") if word]
    if not all(word.isascii() and word.isdecimal() and len(word) <= LONGEST_ID for word in words):
        raise BadInput("These aren’t pairs.", fix="Reload the page and choose again.")
    return list(dict.fromkeys(int(word) for word in words))
