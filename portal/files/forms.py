"""The forms of files, and the words for their choices."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, MultipleFileField, SelectField, StringField
from wtforms.fields import SelectChoice

from portal.documents.kinds import Kind
from portal.files.models import FilePurpose
from portal.files.queries import UNKNOWN
from portal.files.recognising import PARQUET, kind_label

PURPOSE_NAMES = {
    FilePurpose.ALIGNMENT: "Documents for data jobs",
    FilePurpose.FINE_TUNE: "Fine-tuning",
    FilePurpose.PREFERENCE_FINE_TUNE: "Fine-tuning by preference",
    FilePurpose.REINFORCEMENT_FINE_TUNE: "Fine-tuning by reinforcement",
    FilePurpose.PRE_TRAIN: "Pre-training",
}
PURPOSE_CHOICES = [SelectChoice(purpose, name) for purpose, name in PURPOSE_NAMES.items()]
KIND_NAMES = {kind: kind_label(kind) for kind in (*Kind, PARQUET)} | {UNKNOWN: kind_label(None)}
SORT_NAMES = {
    "created_at": "Oldest first",
    "filename": "By name",
    "type": "By type",
    "-size": "Largest first",
    "size": "Smallest first",
}
"""The orders to choose from, beside the newest first."""


class UploadForm(FlaskForm):
    """Files for the library."""

    files = MultipleFileField("Files")
    purpose = SelectField("For", choices=PURPOSE_CHOICES, default=FilePurpose.ALIGNMENT)
    leave_out_known = BooleanField(
        "Leave out files that I have already", description="They are known by their contents, whatever their names are."
    )


class RenameForm(FlaskForm):
    name = StringField("Name")
