"""What pages show of one pair, and how it comes back to its place among the others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor
from portal.accounts.permissions import can_change
from portal.alignment import queries
from portal.alignment.excerpts import Excerpt, excerpt, whole
from portal.alignment.forms import KIND_NAMES
from portal.alignment.models import AlignmentJob, TrainingPair
from portal.alignment.operations.pairs import EditedMeanwhile, no_pair, version_of
from portal.alignment.views.parts import alignment_parts
from portal.alignment.views.reading import visible
from portal.errors import PortalError
from portal.web.requests import wants_fragment

FILTERS = ("search", "kind", "state", "document")


@dataclass(frozen=True)
class ShownPair:
    """A pair with what is shown of its passage, and of who edits it: what was typed, and why it wasn't kept."""

    pair: TrainingPair
    excerpt: Excerpt
    question: str
    answer: str
    version: str
    problem: PortalError | None = None

    @property
    def is_second(self) -> bool:
        return isinstance(self.problem, EditedMeanwhile)


def shown_pair(
    pair: TrainingPair, *, question: str | None = None, answer: str | None = None, problem: PortalError | None = None
) -> ShownPair:
    """The pair with what was typed, or else as it is."""
    typed = (pair.question if question is None else question, pair.answer if answer is None else answer)
    return ShownPair(pair, excerpt(*_range(pair)), *typed, version_of(pair), problem)


def existing(job: AlignmentJob, pair_id: int) -> TrainingPair:
    """The pair of the job. Raises NotFound."""
    found = queries.find_pair(job, pair_id)
    if found is None:
        raise no_pair(pair_id)
    return found


def pairs_parts(job: AlignmentJob) -> dict[str, Any]:
    """What all pages of a job's pairs are made from."""
    user = current_actor()
    return {
        **alignment_parts(job, user),
        "name": queries.first_names([job.id]).get(job.id),
        "place": place(),
        "kinds": KIND_NAMES,
        "may_change": can_change(user, job.user_id),
    }


def place() -> dict[str, Any]:
    """Which of the pairs are looked at, so that one comes back to them after an action."""
    asked = {name: request.args.get(name, "") for name in (*FILTERS, "page")}
    return {name: value for name, value in asked.items() if value}


def to_pairs(alignment_id: str, pair_id: int | None = None) -> ResponseReturnValue:
    anchor = f"pair-{pair_id}" if pair_id else None
    return redirect(url_for("alignment.pairs", alignment_id=alignment_id, **place(), _anchor=anchor))


def changed(alignment_id: str, pair_id: int, said: str) -> ResponseReturnValue:
    """The pair as it is now, in its place; without scripts the list again, which says so."""
    if not wants_fragment():
        flash(said, "success")
        return to_pairs(alignment_id, pair_id)
    job = visible(alignment_id)
    return in_list(job, existing(job, pair_id), is_changed=True)


def in_list(job: AlignmentJob, pair: TrainingPair, *, is_changed: bool = False) -> Response:
    """The pair as it stands among others."""
    parts = {**pairs_parts(job), "shown": shown_pair(pair), "is_back": True, "is_changed": is_changed}
    return _in_place(pair, render_template("alignment/_pair_back.html", **parts), HTTPStatus.OK)


def with_form(job: AlignmentJob, shown: ShownPair) -> ResponseReturnValue:
    """The pair with a form to edit it: in its place, or on a page of its own, which has all of the passage."""
    status = shown.problem.status if shown.problem else HTTPStatus.OK
    if wants_fragment():
        form = render_template("alignment/_pair_form.html", **pairs_parts(job), shown=shown)
        return _in_place(shown.pair, form, status)
    shown = replace(shown, excerpt=whole(*_range(shown.pair)))
    return render_template("alignment/pair.html", **pairs_parts(job), shown=shown), status


def _in_place(pair: TrainingPair, page: str, status: int) -> Response:
    """The answer says where it belongs, since a refusal would be shown above the page by itself."""
    response = make_response(page, status)
    response.headers["HX-Retarget"] = f"#pair-{pair.id}"
    response.headers["HX-Reswap"] = "outerHTML"
    return response


def _range(pair: TrainingPair) -> tuple[str, int, int]:
    """The passage, and where in it the answer was taken from."""
    return pair.passage.text, pair.start - pair.passage.start, pair.end - pair.passage.start
