"""Every question that is asked about alignments, by what it is about."""

from portal.alignment.queries.jobs import (
    AlignmentSummary,
    alignments_page,
    alignments_part,
    started_alignment,
    summary_of,
    visible_alignment,
)
from portal.alignment.queries.pairs import EDITED, PAIR_STATES, PairNarrowing, find_pair, pairs_page, pairs_part
from portal.alignment.queries.sources import first_names, first_sources, source_name, sources_page

__all__ = [
    "EDITED",
    "PAIR_STATES",
    "AlignmentSummary",
    "PairNarrowing",
    "alignments_page",
    "alignments_part",
    "find_pair",
    "first_names",
    "first_sources",
    "pairs_page",
    "pairs_part",
    "source_name",
    "sources_page",
    "started_alignment",
    "summary_of",
    "visible_alignment",
]
