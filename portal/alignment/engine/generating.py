"""Making the pairs of claimed documents. No transaction is open while a generator works, which may take minutes."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import closing

from sqlalchemy import select

from portal.alignment.engine import settling
from portal.alignment.engine.claims import Batch, SourceClaim, held, is_lost
from portal.alignment.engine.clearing import remove_pairs_of
from portal.alignment.engine.context import Context
from portal.alignment.engine.keeping import Gathering
from portal.alignment.engine.reading import read, storage_keys
from portal.alignment.engine.watching import Watch
from portal.alignment.generating.pairs import Cancelled, Document, GenerationFailed, Guidance, Passage
from portal.alignment.models import AlignmentJob

log = logging.getLogger(__name__)


def generate(context: Context, batch: Batch) -> None:
    """Make the pairs of a batch and keep them. Failures are kept on the job, never raised."""
    try:
        _Making(context, batch).make()
    except Cancelled:
        log.info("Alignment %s was cancelled, deleted or taken over", batch.job_id)


class _Making:
    """A batch in hand. Everything raises Cancelled once the batch is lost."""

    def __init__(self, context: Context, batch: Batch) -> None:
        self._context, self._batch = context, batch
        self._guidance = _guidance(context, batch)
        self._keys = storage_keys(context.session, batch)
        self._watch = Watch(lambda: is_lost(context.session, batch))
        self._gathering = Gathering(context, batch)

    def make(self) -> None:
        """All documents of the batch, up to the first that fails."""
        self._clear_leftovers()
        for claim in self._batch.claims:
            try:
                self._gather(claim)
            except GenerationFailed as error:
                self._gathering.keep()  # of the other documents, and what a language model has cost
                self._settle_failure(claim, error)
                return
        self._gathering.keep()

    def _clear_leftovers(self) -> None:
        """Remove what is kept of documents that are begun again."""
        again = [claim.source_id for claim in self._batch.claims if claim.attempt > 1]
        if again:
            session = self._context.session
            remove_pairs_of(session, again, check=lambda: held(session, self._batch))

    def _gather(self, claim: SourceClaim) -> None:
        """All of one document. Raises GenerationFailed."""
        if self._watch.is_cancelled():
            raise Cancelled
        document = read(self._context, claim, self._keys.get(claim.file_id))
        if document.text:
            with closing(self._passages(document)) as passages:
                for passage in passages:
                    self._gathering.add(claim, passage, length=len(document.text))
        self._gathering.finish(claim)

    def _passages(self, document: Document) -> Generator[Passage, None, None]:
        """What the generator gives. A fault of it is one of the document, not of all that waits behind it."""
        make = self._context.generator.passages
        try:
            yield from make(document, self._guidance, is_cancelled=self._watch.is_cancelled)
        except (Cancelled, GenerationFailed):
            raise
        except Exception as error:
            log.exception("No pairs can be made of %s", document.name)
            message = f"A fault in the portal keeps it from making pairs of {document.name}."
            fix = "Start again without this document, and tell your administrator, who finds the fault in the log."
            raise GenerationFailed(message, fix=fix) from error

    def _settle_failure(self, claim: SourceClaim, error: GenerationFailed) -> None:
        log.warning("Alignment %s, %s: %s", self._batch.job_id, claim.name, error)
        session = self._context.session
        if not (error.passes and settling.pause_sources(session, self._batch, claim)):
            settling.fail_sources(session, self._batch, error_message=error.message, suggested_fix=error.fix)


def _guidance(context: Context, batch: Batch) -> Guidance:
    """What pairs are to be like. Raises Cancelled where the job is gone."""
    query = select(AlignmentJob.system_prompt, AlignmentJob.instructions).where(AlignmentJob.id == batch.job_id)
    found = context.session.execute(query).one_or_none()
    if found is None:
        raise Cancelled
    return Guidance(*found)
