"""`portal importers ...`"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from portal.command_line import json_option, reading_options, say, says_why_not
from portal.importers import Format, find_importer, operations
from portal.importers.operations import NewImporter

importers = AppGroup("importers", help="Importers: what can be imported.")


def _class_name(_context: click.Context, _parameter: click.Parameter, name: str) -> str:
    from portal.importers.drafting.naming import class_name  # beside Polars, which no web process loads

    try:
        return class_name(name)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from None


@importers.command("new")
@click.argument("name", callback=_class_name)
@click.option("--table", help="The table to fill; by default it is called as the importer.")
@click.option("--file", "sample", type=click.Path(path_type=Path), help="A sample of the files to import.")
@click.option("--database", default="", help="One of PORTAL_DATABASES; by default the portal's own.")
@click.option("--to", "path", type=click.Path(path_type=Path), help="The Python file to write.")
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@json_option
@says_why_not
@reading_options
def new(
    name: str,
    *,
    table: str | None,
    sample: Path | None,
    database: str,
    path: Path | None,
    force: bool,
    as_json: bool,
    format: Format | None,
) -> None:
    """Write an importer, made from a table that is there, from a sample file, or from both. How the file is written is
    found out; what is set of it becomes the importer's."""
    from portal.importers.drafting.naming import snake

    plain = snake(name)
    made = operations.new_importer(
        name,
        table=table or plain,
        sample=sample,
        database=database,
        format=format,
        path=path or Path(f"{plain}.py"),
        force=force,
    )
    facts = _facts(made, sample)
    say(_what_next(made, facts), {"data": facts}, as_json)


def _facts(made: NewImporter, sample: Path | None) -> dict[str, Any]:
    draft = made.draft
    return {
        "path": str(made.path),
        "slug": draft.slug,
        "table": draft.table,
        "database": draft.database or None,
        "columns": [column.name for column in draft.columns],
        "key": list(draft.key),
        "left_out": list(draft.left_out),
        "create_table": made.create_table,
        "sample": str(sample) if sample else None,
    }


def _what_next(made: NewImporter, facts: dict[str, Any]) -> str:
    from portal.importers.drafting.python import what_next

    path = str(made.path.resolve())
    loaded = current_app.config["PORTAL"].importers
    return what_next(
        **facts | {"sample": facts["sample"] and shlex.quote(facts["sample"])},
        importers=shlex.quote(",".join(loaded if path in loaded else (*loaded, path))),
        replaces=path not in loaded and find_importer(facts["slug"]) is not None,
    )
