"""The forms of runs."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional

from portal.errors import BadInput
from portal.importers import importers
from portal.importers.reading_options import OPTIONS
from portal.lifecycle import RunStatus

STATUS_NAMES = {status.value: status.value.replace("_", " ").capitalize() for status in RunStatus}


FORMATS = [
    SelectChoice("", "Find out"),
    SelectChoice("delimited", "Delimited text (CSV, TSV)"),
    SelectChoice("json", "JSON"),
    SelectChoice("json_lines", "JSON Lines"),
    SelectChoice("workbook", "Workbook (Excel, OpenDocument)"),
    SelectChoice("parquet", "Parquet"),
]


class NewRunForm(FlaskForm):
    """Which importer, which file, and how that is written where it can't be found out. `file_id` names a file that was
    uploaded before and only waits for a yes."""

    importer = SelectField("Importer", validators=[InputRequired("Choose an importer.")])
    file = FileField("File")
    file_id = HiddenField(validators=[Optional()])
    dry_run = BooleanField("Dry run", description="Check every row and write nothing: shows what would fail, and why.")

    format = SelectField("Format", choices=FORMATS, validate_choice=False)  # it may be left out
    delimiter = StringField("Delimiter", description="One character, or a word: comma, semicolon, tab, pipe.")
    quote = StringField("Quote", description="The character around fields; “none” if there is none.")
    encoding = StringField("Encoding", description="Such as cp1251.")
    header_row = StringField("Header row", description="The line or row of the headers, from 1.")
    sheet = StringField("Sheet", description="Of a workbook: its name, or its position from 1.")
    pointer = StringField("Pointer", description="Of JSON: the way to the array, such as /data/rows.")

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        choices = [(definition.slug, definition.title) for definition in importers().values()]
        self.importer.choices = [("", "Choose one …"), *choices]

    @property
    def reading_options(self) -> dict[str, str]:
        """Those that are set."""
        return {name: self[name].data for name in OPTIONS if self[name].data}

    @property
    def has_reading_options(self) -> bool:
        """Whether one of them is set, or wrong."""
        return any(self[name].data or self[name].errors for name in OPTIONS)

    def show(self, error: BadInput) -> None:
        """Say beside the field that it is about why the form isn't taken."""
        about = next((name for name in error.errors if name in OPTIONS), "file")
        self[about].errors = [f"{error.detail} {error.fix}".strip()]


def chosen_rows(sent: MultiDict[str, str]) -> list[int] | None:
    """The row numbers of a form whose boxes are called `rows`, each with a number or several, as "3,7"; None for a form
    that chooses none, which one with boxes says by its field `rows`. Raises BadInput for what is no number."""
    if "rows" not in sent:
        return None
    texts = [text for value in sent.getlist("rows") for text in value.split(",") if text]
    if not all(text.isdecimal() and text.isascii() and len(text) <= MOST_DIGITS for text in texts):
        detail = "Rows are chosen by their numbers."
        raise BadInput(detail, fix="Go back, reload the page and choose them again.", errors={"rows": [detail]})
    return [int(text) for text in texts]


MOST_DIGITS = 19
"""Digits of the highest row number."""


class CorrectedFileForm(FlaskForm):
    """A download of failed rows that comes back corrected."""

    file = FileField("Corrected file", validators=[FileRequired("Choose the corrected file.")])
    dry_run = BooleanField("Dry run")
