"""What is checked before anything is begun, so that people are told while they are there."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import inspect as inspect_database
from sqlalchemy.exc import OperationalError

from portal.errors import BadInput, NotFound, NothingToDo, WrongState
from portal.extensions import db
from portal.files.models import StoredFile
from portal.files.storage import storage
from portal.importers import Definition, Format, find_importer
from portal.importers.targets import tables_in_use
from portal.runs.engine.family import active_relative
from portal.runs.models import IngestRun
from portal.sources import Address, SourceProblem, check_reachable
from portal.target_databases import UnknownDatabase, engine


def known_importer(slug: str) -> Definition:
    """The importer called `slug`. Raises NotFound."""
    definition = find_importer(slug)
    if definition is None:
        raise NotFound(f"There is no importer called {slug}.", errors={"importer": ["Choose an importer."]})
    return definition


def check_file(file: StoredFile, definition: Definition, *, format: Format | None = None) -> dict[str, str]:
    """See whether the beginning of `file` can be imported; returns which header goes to which column, nothing where
    only reading all of it will show. `format` is how it is written, as far as that is set.

    Raises BadInput with the reason and what to do.
    """
    from portal.runs.engine.fitting import fitting_columns
    from portal.runs.engine.mapping import source_headers

    headers = _headers(file, format)
    return {} if headers is None else fitting_columns(source_headers(headers), definition)


def check_is_download(file: StoredFile) -> None:
    """Without the numbers that the rows had, nobody could tell which failed rows a file corrects. Raises BadInput."""
    from portal.runs.engine.mapping import NOTE_HEADERS, is_failed_rows_download

    if not is_failed_rows_download(_headers(file, None) or ()):
        detail = f"The file has no columns {' and '.join(NOTE_HEADERS)}, so it isn't a download of failed rows."
        fix = "Correct the download and keep these columns, or import the file as a new run."
        raise BadInput(detail, fix=fix, errors={"file": [detail]})


def reachable_source(definition: Definition) -> Address:
    """Where the importer fetches its files. Raises BadInput where there is no such place, or it may not be reached."""
    if definition.source is None:
        raise BadInput(f"{definition.title} has no source to fetch a file from.", fix="Upload a file instead.")
    try:
        check_reachable(definition.source, current_app.extensions["reach"])
    except SourceProblem as problem:
        raise BadInput(problem.message, fix=problem.fix) from problem
    return definition.source


def check_tables(definition: Definition) -> None:
    """Whether all tables of the importer are there: better told before the run than by it. Raises BadInput."""
    there = _tables_of(definition)
    for table, use in tables_in_use(definition).items():
        if table not in there and "." not in table:  # one of another schema says of itself where it is
            detail = f"The database has no table called {table}, which this importer {use}."
            raise BadInput(detail, fix="Ask your administrator to create it.", errors={"importer": [detail]})


def check_can_retry(parent: IngestRun) -> None:
    """Whether the failed rows of `parent` may be retried now. Raises WrongState, NothingToDo."""
    if not parent.is_finished:
        raise WrongState(f"Run {parent.id} is still at work.", fix="Wait until it has finished, or cancel it.")
    if parent.dry_run:
        raise WrongState(f"Run {parent.id} was a dry run.", fix="Import the file, then retry what fails.")
    if not parent.open_failures:
        raise NothingToDo(f"Run {parent.id} has no failed rows left to retry.")
    if other := active_relative(db.session, parent.id):
        raise WrongState(f"Run {other} is retrying these rows already.", fix="Wait until it has finished.")


def check_is_in_parts(parent: IngestRun) -> None:
    """Where nothing is in, the failed rows alone would be the whole of what goes in. Raises WrongState."""
    if parent.all_or_nothing:
        detail = f"Nothing of run {parent.id} is in, since its importer takes all rows or none."
        raise WrongState(detail, fix="Mend the whole file and import it, or correct the failed rows here and retry.")


def _headers(file: StoredFile, format: Format | None) -> tuple[str, ...] | None:
    from portal.reading import NotYetKnown, UnreadableFile, inspect  # Polars isn't loaded until the first upload

    with storage().open(file.storage_key) as source:
        try:
            return inspect(source, format, checking=True).headers
        except NotYetKnown:
            return None
        except UnreadableFile as error:
            raise BadInput(error.message, fix=error.fix, errors={"file": [error.message]}) from None


def _tables_of(definition: Definition) -> set[str]:
    """The tables and views of the importer's database, those of other schemas not among them."""
    try:
        place = engine(definition.database) if definition.database else db.engine
        found = inspect_database(place)
        return {*found.get_table_names(), *found.get_view_names()}
    except UnknownDatabase as error:
        detail = f"The portal knows no database called {error}."
        fix = "Ask your administrator to name it in PORTAL_DATABASES."
    except OperationalError:
        detail, fix = f"The database {definition.database} can't be reached.", "Try again in a moment."
    raise BadInput(detail, fix=fix, errors={"importer": [detail]})
