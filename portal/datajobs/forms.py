"""The forms of data jobs, and the words for their choices."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import MultipleFileField, RadioField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Optional

from portal.datajobs.models import DataJobType
from portal.documents.kinds import Kind
from portal.documents.methods import Method
from portal.lifecycle import AlignmentStatus, DataJobStatus
from portal.web.typed import as_typed

STATUS_NAMES: dict[DataJobStatus | AlignmentStatus, str] = {
    DataJobStatus.FILE_PROCESSING: "Processing files",
    DataJobStatus.NEEDS_REVIEW: "Needs review",
    DataJobStatus.READY_TO_START: "Ready to start",
    AlignmentStatus.PENDING: "Pending",
    AlignmentStatus.QUEUED: "Queued",
    AlignmentStatus.RUNNING: "Running",
    AlignmentStatus.COMPLETED: "Completed",
    AlignmentStatus.FAILED: "Failed",
    AlignmentStatus.CANCELLED: "Cancelled",
}
TYPE_NAMES = {
    DataJobType.PRINCIPLE_FILES: "Principles",
    DataJobType.CONTEXT_GROUNDED_FILES: "Answers from files",
    DataJobType.CONTEXT_GROUNDED_VECTOR_DB: "Answers from a vector database",
}
TYPE_CHOICES = [
    SelectChoice(
        DataJobType.PRINCIPLE_FILES,
        "Principles: a model learns the rules that the documents lay down, such as policies or a code of conduct. "
        "Needs a system prompt.",
    ),
    SelectChoice(
        DataJobType.CONTEXT_GROUNDED_FILES,
        "Answers from files: a model learns to answer from passages of the documents that it is given with a question.",
    ),
    SelectChoice(
        DataJobType.CONTEXT_GROUNDED_VECTOR_DB,
        "Answers from a vector database: the same, with passages that are looked up there. This portal has no such "
        "database, so the job can be prepared here, but not started.",
    ),
]
KIND_NAMES = {kind.value: kind.label for kind in Kind}
METHOD_NAMES = {Method.ACCURACY: "Accuracy-optimized", Method.SPEED: "Speed-optimized"}
METHOD_CHOICES = [
    SelectChoice(
        Method.ACCURACY,
        "Accuracy-optimized: looks closely at how each page is laid out, and recognises the text of scanned pages "
        "(OCR). Takes longer.",
    ),
    SelectChoice(
        Method.SPEED,
        "Speed-optimized: reads the text and the layout quickly, and doesn’t look into images: pages that are "
        "only scanned come out as failed.",
    ),
]
PROMPT_HELP = "Who the model is to be, and how it is to answer. It goes before every conversation."
METHOD_HELP = (
    "It makes a difference for PDF, and for DOC and PPT, whose lists and tables are read more exactly by way of "
    "LibreOffice. All other kinds are converted the same way by both. Markdown is used as it is."
)


class SettingsForm(FlaskForm):
    """What can be changed of a data job at any time."""

    name = StringField("Name", [DataRequired("Give the data job a name.")])
    description = TextAreaField(
        "Description", [Optional()], [as_typed], description="What it is for, so that others know it."
    )
    system_prompt = TextAreaField("System prompt", [Optional()], [as_typed], description=PROMPT_HELP)
    instructions = TextAreaField(
        "Instructions",
        [Optional()],
        [as_typed],
        description="What to heed when training data is made from the documents.",
    )


class FilesForm(FlaskForm):
    """Files from the reader's machine, and how they are to be converted."""

    files = MultipleFileField("Files", [Optional()])
    method = RadioField("Method", choices=METHOD_CHOICES, default=Method.ACCURACY, description=METHOD_HELP)


class NewJobForm(SettingsForm, FilesForm):
    """A new data job, with its first files where there are some at hand."""

    job_type = RadioField("Type", choices=TYPE_CHOICES, validators=[InputRequired("Choose a type.")])


class MethodForm(FlaskForm):
    """How files that are in the library already are to be converted."""

    method = RadioField("Method", choices=METHOD_CHOICES, default=Method.ACCURACY, description=METHOD_HELP)


class SystemPromptForm(FlaskForm):
    system_prompt = TextAreaField("System prompt", [Optional()], [as_typed], description=PROMPT_HELP)


class CloneForm(FlaskForm):
    name = StringField("Name of the copy", [DataRequired("Give the copy a name.")])
