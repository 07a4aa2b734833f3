"""What is checked before anything is begun, so that people are told while they are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from flask import current_app
from sqlalchemy import inspect as inspect_database
from sqlalchemy.exc import OperationalError

from portal.accounts.models import User
from portal.accounts.permissions import can_change
from portal.errors import BadInput, NotFound, NothingToDo, WrongState
from portal.extensions import db
from portal.files.models import StoredFile
from portal.files.storage import storage
from portal.importers import Definition, Format, find_importer
from portal.importers.targets import tables_in_use
from portal.runs import queries
from portal.runs.engine.choosing import ALL, Choice
from portal.runs.engine.family import active_relative
from portal.runs.engine.stopping import Retried
from portal.runs.models import IngestErrorGroup, IngestRun
from portal.runs.shapes import MOST_ROWS
from portal.sources import Address, SourceProblem, check_reachable
from portal.target_databases import UnknownDatabase, engine


def changeable_run(run_id: int, actor: Any) -> IngestRun:
    """The run, if `actor` may change it; whoever may not is told that there is none. Raises NotFound."""
    run = queries.find_run(run_id)
    if run is None or (isinstance(actor, User) and not can_change(actor, run.user_id)):
        raise NotFound(f"There is no run {run_id}.")
    return run


def known_importer(slug: str) -> Definition:
    """The importer called `slug`. Raises NotFound."""
    definition = find_importer(slug)
    if definition is None:
        raise NotFound(f"There is no importer called {slug}.", errors={"importer": ["Choose an importer."]})
    return definition


def check_file(
    file: StoredFile,
    definition: Definition,
    *,
    format: Format | None = None,
    chosen: Mapping[str, str | None] | None = None,
) -> dict[str, str]:
    """See whether the beginning of `file` can be imported; returns which header goes to which column, nothing where
    only reading all of it will show. `format` is how it is written, as far as that is set; `chosen` are the columns
    that someone has decided on, by header.

    Raises BadInput with the reason and what to do.
    """
    from portal.runs.engine.fitting import check_chosen, fitting_columns
    from portal.runs.engine.mapping import source_headers

    headers = _headers(file, format)
    if headers is None:
        check_chosen(chosen, None, definition)
        return {}
    return fitting_columns(source_headers(headers), definition, chosen)


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
    _check_has_ended(parent)
    if not parent.open_failures:
        raise NothingToDo(f"Run {parent.id} has no failed rows left to retry.")
    _check_family_is_at_rest(parent)


def check_can_edit(run: IngestRun) -> None:
    """Whether failed rows of `run` may be edited now. Raises WrongState."""
    _check_has_ended(run)
    _check_family_is_at_rest(run)


def choice_of(rows: Sequence[int] | None, error: str | None) -> Choice:
    """The choice of the rows with the numbers `rows`, of those of the error group `error`, or of all without both.

    Raises BadInput for both at once, and where there are no numbers or too many.
    """
    if rows is None:
        return Choice(error=error) if error is not None else ALL
    if error is not None:
        _refuse_rows("Choose rows or an error group, not both.")
    numbers = tuple(sorted(set(rows)))
    if not 1 <= len(numbers) <= MOST_ROWS:
        _refuse_rows("Choose at least one row." if not numbers else f"Choose at most {MOST_ROWS:,} rows at once.")
    return Choice(rows=numbers)


def check_choice(parent: IngestRun, choice: Choice) -> Retried:
    """What the choice comes to among the open failed rows of `parent`.

    Raises BadInput for rows that aren't open failed ones and for a group that isn't there, NothingToDo for one without
    an open row, WrongState where all rows go in together.
    """
    if choice.is_all:
        return Retried(parent, choice, parent.open_failures)
    if parent.all_or_nothing:
        detail = f"The importer of run {parent.id} takes all rows or none, so none of them can be retried alone."
        raise WrongState(detail, fix="Retry without a choice: that imports the whole file.")
    if choice.rows:
        _check_are_open(parent, choice)
        return Retried(parent, choice, len(choice.rows))
    return _open_ones_alike(parent, choice)


def named_group(run_id: int, key: str) -> IngestErrorGroup:
    """The group of failures with this key. Raises BadInput, with those that there are."""
    group = queries.find_group(run_id, key)
    if group is None:
        keys = ", ".join(group.key for group in queries.error_groups(run_id))
        detail = f"Run {run_id} has no group of failures called “{key}”."
        fix = f"It has {keys}." if keys else "None of its rows has failed."
        raise BadInput(detail, fix=fix, errors={"error": [detail]})
    return group


def check_is_in_parts(parent: IngestRun) -> None:
    """Where nothing is in, the failed rows alone would be the whole of what goes in. Raises WrongState."""
    if parent.all_or_nothing:
        detail = f"Nothing of run {parent.id} is in, since its importer takes all rows or none."
        raise WrongState(detail, fix="Mend the whole file and import it, or correct the failed rows here and retry.")


def _check_has_ended(run: IngestRun) -> None:
    if not run.is_finished:
        raise WrongState(f"Run {run.id} is still at work.", fix="Wait until it has finished, or cancel it.")
    if run.dry_run:
        raise WrongState(f"Run {run.id} was a dry run.", fix="Import the file, then retry what fails.")


def _check_family_is_at_rest(run: IngestRun) -> None:
    if other := active_relative(db.session, run.id):
        raise WrongState(f"Run {other} is retrying these rows already.", fix="Wait until it has finished.")


def _check_are_open(parent: IngestRun, choice: Choice) -> None:
    there = queries.open_numbers(parent.id, choice)
    missing = [number for number in choice.rows if number not in there]
    if missing:
        named = ", ".join(f"{number:,}" for number in missing[:NAMED_ROWS])
        others = f" and {len(missing) - NAMED_ROWS:,} more" if len(missing) > NAMED_ROWS else ""
        _refuse_rows(f"Not an open failed row of run {parent.id}: {named}{others}.")


NAMED_ROWS = 5
"""How many of the rows that can't be retried are named."""


def _open_ones_alike(parent: IngestRun, choice: Choice) -> Retried:
    group = named_group(parent.id, choice.error)
    count = queries.count_open(parent.id, choice)
    if not count:
        raise NothingToDo(f"All rows of run {parent.id} that failed like “{group.message}” are brought in already.")
    return Retried(parent, choice, count, group.message)


def _refuse_rows(detail: str) -> NoReturn:
    raise BadInput(detail, errors={"rows": [detail]})


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
