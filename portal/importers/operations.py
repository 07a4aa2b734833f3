"""What can be done with importers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from portal.errors import BadInput
from portal.extensions import db
from portal.importers import Format
from portal.target_databases import UnknownDatabase, engine

if TYPE_CHECKING:
    from portal.importers.drafting.draft import Draft
    from portal.importers.drafting.matching import Matched
    from portal.importers.drafting.sample_files import Sample
    from portal.importers.drafting.tables import TableFacts


@dataclass(frozen=True)
class NewImporter:
    """What was written: `path` of the file, the draft that it holds, and the statement that makes its table where
    that isn't there."""

    path: Path
    draft: Draft
    create_table: str | None


def new_importer(
    class_name: str,
    *,
    table: str,
    sample: Path | None,
    database: str = "",
    format: Format | None = None,
    path: Path,
    force: bool = False,
) -> NewImporter:
    """Write the file `path` with an importer made from `table`, from the file `sample` (which `format` says how to
    read, as far as that is set), or from both. `database` is one of PORTAL_DATABASES, "" the portal's own.

    Raises BadInput when there is neither, when the one that is there can't be read, or the file not be written.
    """
    _check_path(path, force=force)
    from portal.importers.drafting.draft import Draft  # Polars is behind some of these, which no web process loads
    from portal.importers.drafting.python import source_of
    from portal.importers.drafting.sample_files import read_sample
    from portal.importers.drafting.sql import create_table

    place = _place(database)
    matched, table_exists = _matched(place, table, read_sample(sample, format) if sample else None)
    draft = Draft(
        class_name=class_name,
        table=table,
        table_exists=table_exists,
        columns=matched.columns,
        key=matched.key,
        null_values=matched.null_values,
        database=database,
        format=format,
        left_out=matched.left_out,
    )
    statement = None if table_exists else create_table(draft, place.dialect)
    _write(path, source_of(draft), force=force)
    return NewImporter(path, draft, statement)


def _check_path(path: Path, *, force: bool) -> None:
    if path.suffix != ".py":
        raise BadInput(f"{path} can't be loaded as an importer.", fix="Give it a name that ends in .py.")
    if path.exists() and not force:
        raise BadInput(f"{path} is there already.", fix="Choose another file with --to, or replace it with --force.")


def _place(database: str) -> Engine:
    try:
        return engine(database) if database else db.engine
    except UnknownDatabase:
        raise BadInput(f"The portal knows no database called {database}.", fix="Name it in PORTAL_DATABASES.") from None


def _matched(place: Engine, table: str, sample: Sample | None) -> tuple[Matched, bool]:
    """What the table and the sample give, as far as they are there, and whether the table is."""
    from portal.importers.drafting.matching import of_both, of_file, of_table

    facts, names = _facts(place, table)
    if facts is None:
        if sample is None:
            raise _no_table(table, names)
        return of_file(sample), False
    if not facts.columns:
        raise BadInput(f"The table {table} has no column that an importer can have.")
    return (of_both(facts, sample) if sample else of_table(facts)), True


def _facts(place: Engine, table: str) -> tuple[TableFacts | None, list[str]]:
    """What is known of the table, if it is there, and the names of all."""
    from portal.importers.drafting.tables import table_facts, table_names

    try:
        names = table_names(place)
        return (table_facts(place, table) if table in names else None), names
    except OperationalError:
        raise BadInput("The database can't be reached.", fix="Try again in a moment.") from None


def _no_table(table: str, names: list[str]) -> BadInput:
    likely = process.extractOne(table, names, scorer=fuzz.ratio, score_cutoff=60)
    hint = f"Did you mean {likely[0]}? " if likely else ""
    return BadInput(
        f"The database has no table called {table}.",
        fix=f"{hint}Name one with --table, or a sample file with --file.",
    )


def _write(path: Path, source: str, *, force: bool) -> None:
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(source)
    except FileExistsError:
        _check_path(path, force=force)
    except OSError as error:
        raise BadInput(f"{path} can't be written: {error.strerror}.") from error
