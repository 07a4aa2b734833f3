"""The forms of alignment, and the words for their choices."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Optional

from portal.alignment.generating.pairs import PairKind
from portal.alignment.models import AlignmentType, PairState
from portal.alignment.queries import EDITED
from portal.web.typed import as_typed

TYPE_NAMES = {AlignmentType.PRINCIPLE: "Principles", AlignmentType.CONTEXT_DATA: "Answers from files"}
TYPE_CHOICES = [
    SelectChoice(
        AlignmentType.PRINCIPLE,
        "Principles: a model learns the rules that the documents lay down. Each question stands alone, under the "
        "system prompt.",
    ),
    SelectChoice(
        AlignmentType.CONTEXT_DATA,
        "Answers from files: a model learns to answer from a passage that it is given with each question. The "
        "system prompt isn’t used.",
    ),
]
KIND_NAMES = {
    PairKind.SECTION: "Section",
    PairKind.DEFINITION: "Definition",
    PairKind.LIST: "List",
    PairKind.TABLE: "Table",
    PairKind.MODEL: "Written by a model",
}
STATE_NAMES = {
    PairState.KEPT: "In the files",
    EDITED: "Edited",
    PairState.DUPLICATE: "Duplicates",
    PairState.DROPPED: "Dropped",
}


class GenerateForm(FlaskForm):
    """Training data of files of the library."""

    files = SelectMultipleField("Files", [Optional()], validate_choice=False)
    instructions = TextAreaField(
        "Instructions",
        [DataRequired("Say what the training data is for.")],
        [as_typed],
        description="What it is for and what to heed: “Questions that new colleagues ask about leave.”",
    )
    type = RadioField("Type", choices=TYPE_CHOICES, default=AlignmentType.PRINCIPLE)
    system_prompt = TextAreaField(
        "System prompt",
        [Optional()],
        [as_typed],
        description="Goes before every conversation. Without one, a prompt is made from the instructions.",
    )
