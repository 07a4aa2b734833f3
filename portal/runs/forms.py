"""The forms of runs."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import InputRequired, Optional

from portal.importers import importers
from portal.lifecycle import RunStatus

STATUS_NAMES = {status.value: status.value.replace("_", " ").capitalize() for status in RunStatus}


class NewRunForm(FlaskForm):
    """Which importer, which file. `file_id` names one that was uploaded before and only waits for a yes."""

    importer = SelectField("Importer", validators=[InputRequired("Choose an importer.")])
    file = FileField("File")
    file_id = HiddenField(validators=[Optional()])
    dry_run = BooleanField("Dry run", description="Check every row and write nothing: shows what would fail, and why.")

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        choices = [(definition.slug, definition.title) for definition in importers().values()]
        self.importer.choices = [("", "Choose one …"), *choices]


class CorrectedFileForm(FlaskForm):
    """A download of failed rows that comes back corrected."""

    file = FileField("Corrected file", validators=[FileRequired("Choose the corrected file.")])
    dry_run = BooleanField("Dry run")
