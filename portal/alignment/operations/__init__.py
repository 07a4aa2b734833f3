"""What can be done with alignments. Pages, API and command line all come through here.

Every operation commits before it wakes workers: one that is quick must find what it is told about.
"""

from portal.alignment.operations.jobs import cancel, delete, delete_of_data_job, wake
from portal.alignment.operations.pairs import drop_pairs, edit_pair, restore_pairs, revert_pair
from portal.alignment.operations.prompts import Suggestion, suggest_prompt
from portal.alignment.operations.starting import add_job, generate
from portal.alignment.operations.summarising import summary_of_files
from portal.alignment.sources import MarkdownFile

__all__ = [
    "MarkdownFile",
    "Suggestion",
    "add_job",
    "cancel",
    "delete",
    "delete_of_data_job",
    "drop_pairs",
    "edit_pair",
    "generate",
    "restore_pairs",
    "revert_pair",
    "suggest_prompt",
    "summary_of_files",
    "wake",
]
