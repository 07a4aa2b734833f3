"""The pairs of questions and answers of an alignment job."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from portal.accounts.access import current_actor
from portal.accounts.permissions import reader, writer
from portal.alignment import operations, queries
from portal.alignment.api.blueprint import blueprint
from portal.alignment.api.jobs import visible
from portal.alignment.generating.pairs import PairKind
from portal.alignment.models import TrainingPair
from portal.alignment.operations.pairs import LONGEST_ANSWER, LONGEST_QUESTION, version_of
from portal.alignment.queries.pairs import PairNarrowing
from portal.alignment.serializers import pair_shape
from portal.alignment.shapes import PairShape
from portal.api.endpoint import endpoint
from portal.api.flow import Search, Text
from portal.api.lists import ListedPart, PartQuery, listed_part
from portal.api.parsing import Input, refused
from portal.errors import NotFound


class PairsQuery(PartQuery):
    """Which pairs."""

    search: Search | None = Field(None, description="Only those with this in their question or answer.")
    kind: PairKind | None = Field(None, description="Only those about this.")
    state: Literal["kept", "duplicate", "dropped", "edited"] | None = Field(
        None, description="Only those in this state."
    )
    document: int | None = Field(None, ge=1, le=1_000_000, description="Only those of the document with this number.")

    @property
    def narrowing(self) -> PairNarrowing:
        return PairNarrowing(self.search or "", self.kind or "", self.state or "", self.document)


class ChangedPair(Input):
    """A question, an answer or both, or instead of these whether it goes into the files. With the `version` that was
    seen, an edit is refused where someone else changed the pair since."""

    question: Annotated[str, Text(LONGEST_QUESTION, needed=True)] | None = None
    answer: Annotated[str, Text(LONGEST_ANSWER, needed=True)] | None = None
    state: Literal["kept", "dropped"] | None = None
    version: str | None = Field(None, max_length=16)


@blueprint.get("/<public_id:alignment_id>/pairs")
@reader
@endpoint("List pairs", query=PairsQuery, answers=ListedPart[PairShape])
def pairs(alignment_id: str, query: PairsQuery) -> dict[str, Any]:
    """The pairs of an alignment job in the order of its documents, each with the passage that it rests on."""
    job = visible(alignment_id)
    found = queries.pairs_part(job, query.narrowing, limit=query.limit, offset=query.offset)
    return listed_part(found, _shape)


@blueprint.patch("/<public_id:alignment_id>/pairs/<int:pair_id>")
@writer
@endpoint("Change a pair", body=ChangedPair, answers=PairShape, refuses=(409,))
def change(alignment_id: str, pair_id: int, body: ChangedPair) -> PairShape:
    """Edit a pair, take it out of the files or put it into them again; the files are written anew. 409 before the job
    is completed, and for edits of a pair that isn't in the files."""
    edits = {"question": body.question, "answer": body.answer}
    given = {field: value for field, value in edits.items() if value is not None}
    if given and body.state:
        raise refused({"state": ["Send it by itself: first edit the pair, then take it out, say."]})
    if body.version and not given:
        raise refused({"version": ["Leave it out: it goes with a question or an answer."]})
    if given:
        _edit(alignment_id, pair_id, given, body.version)
    if body.state:
        move = operations.restore_pairs if body.state == "kept" else operations.drop_pairs
        move(alignment_id, [pair_id], actor=current_actor())
    return _shape(_found(alignment_id, pair_id))


def _shape(pair: TrainingPair) -> PairShape:
    return pair_shape(pair, version_of(pair))


def _edit(alignment_id: str, pair_id: int, given: dict[str, str], version: str | None) -> None:
    pair = _found(alignment_id, pair_id)
    wanted = {"question": pair.question, "answer": pair.answer} | given
    # What isn't sent must be what it was when it was read here.
    seen = version or version_of(pair)
    operations.edit_pair(alignment_id, pair_id, **wanted, actor=current_actor(), version=seen)


def _found(alignment_id: str, pair_id: int) -> TrainingPair:
    """The pair, if the account may see its job. Raises NotFound."""
    found = queries.find_pair(visible(alignment_id), pair_id)
    if found is None:
        raise NotFound(f"The alignment job has no pair {pair_id}.")
    return found
