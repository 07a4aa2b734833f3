"""The pairs of a job, to be looked through."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.permissions import reader
from portal.alignment import queries
from portal.alignment.forms import STATE_NAMES
from portal.alignment.models import AlignmentJob, PairState
from portal.alignment.queries import AlignmentSummary, PairNarrowing
from portal.alignment.views.blueprint import blueprint
from portal.alignment.views.pair_parts import FILTERS, pairs_parts, shown_pair
from portal.alignment.views.reading import visible
from portal.extensions import htmx
from portal.web.requests import page_number

MOST_DOCUMENTS = 200
"""So many are offered to choose from; of more, the list of documents leads to the pairs of each."""

LARGEST_NUMBER = 10**9


@blueprint.get("/<public_id:alignment_id>/pairs")
@reader
def pairs(alignment_id: str) -> ResponseReturnValue:
    """The pairs, searched and narrowed. The poll asks at the same address, and gets the state of the files."""
    job = visible(alignment_id)
    parts = pairs_parts(job)
    if htmx.target == "pairs-state":
        return render_template("alignment/_pairs_state.html", **parts)
    filters = {name: request.args.get(name, "").strip() for name in FILTERS}
    narrowing = _narrowing(filters)
    page = queries.pairs_page(job, narrowing, page_number(), _known_total(narrowing, parts["made"]))
    return render_template(
        "alignment/pairs.html",
        **parts,
        page=page.replaced([shown_pair(pair) for pair in page.items]),
        documents=_documents(job, narrowing, parts["made"].sources),
        filters=filters,
        kept={name: value for name, value in filters.items() if value},
        states=STATE_NAMES,
    )


def _narrowing(filters: dict[str, str]) -> PairNarrowing:
    number = request.args.get("document", type=int)
    document = min(max(number, 0), LARGEST_NUMBER) if number is not None else None
    return PairNarrowing(filters["search"], filters["kind"], filters["state"], document)


def _known_total(narrowing: PairNarrowing, made: AlignmentSummary) -> int | None:
    """Counting anew would read all pairs again."""
    if not narrowing.is_by_state_alone:
        return None
    counts: dict[str, int] = {
        "": made.kept + made.duplicate + made.dropped,
        PairState.KEPT: made.kept,
        queries.EDITED: made.edited,
        PairState.DUPLICATE: made.duplicate,
        PairState.DROPPED: made.dropped,
    }
    return counts.get(narrowing.state)


def _documents(job: AlignmentJob, narrowing: PairNarrowing, count: int) -> list[tuple[int, str]]:
    if count <= MOST_DOCUMENTS:
        return [(source.number, source.name) for source in queries.first_sources(job, MOST_DOCUMENTS)]
    name = queries.source_name(job, narrowing.document) if narrowing.document else None
    return [(narrowing.document, name)] if narrowing.document and name else []
