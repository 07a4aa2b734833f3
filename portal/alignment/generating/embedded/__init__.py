"""Pairs of question and answer without a model: answers are what a document says, questions name what it says it about.

`reading/` finds the blocks of a document, `passages` and `dividing` say which of them belong together, `asking/` has a
module for each kind of question, `prompting` writes system prompts.
"""

from portal.alignment.generating.embedded.generator import EmbeddedGenerator
from portal.alignment.generating.embedded.prompting import suggest_prompt, summary_of

__all__ = ["EmbeddedGenerator", "suggest_prompt", "summary_of"]
