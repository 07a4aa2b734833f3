"""A line of the files of training data: a conversation, and from where it was taken. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.alignment.models import AlignmentType

FROM_CONTEXT = (
    "Answer the question from the given context alone. If the context doesn't contain the answer, say that it doesn't."
)
"""What is said to who is trained on pairs with their passages, in the place of a system prompt of people's own."""

METADATA: dict[str, type] = {
    "file": str,
    "file_id": str,
    "headings": list,
    "start": int,
    "end": int,
    "kind": str,
}
"""What the metadata of a line has: name and id of the document, the headings above the passage, the topmost first, the
range of the answer in characters of the document, and the kind of question."""

WITH_PASSAGE: dict[str, type] = METADATA | {"passage_start": int, "passage_end": int}
"""The same where the passage is part of the question."""


def metadata_of(alignment_type: AlignmentType) -> Mapping[str, type]:
    """What the metadata of each line has: its names with their types."""
    return WITH_PASSAGE if alignment_type == AlignmentType.CONTEXT_DATA else METADATA


@dataclass(frozen=True)
class Line:
    """A pair with its passage, and all that might be said of it in `WITH_PASSAGE`."""

    question: str
    answer: str
    passage: str
    metadata: Mapping[str, Any]


def conversation(line: Line, alignment_type: AlignmentType, system_prompt: str) -> dict[str, Any]:
    """The line as it is written."""
    system, question = system_prompt, line.question
    if alignment_type == AlignmentType.CONTEXT_DATA:
        system, question = FROM_CONTEXT, f"Context:\n{line.passage}\n\nQuestion: {line.question}"
    said = (("system", system), ("user", question), ("assistant", line.answer))
    messages = [{"role": role, "content": content} for role, content in said]
    return {"messages": messages, "metadata": {name: line.metadata[name] for name in metadata_of(alignment_type)}}
