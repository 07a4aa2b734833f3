"""What can be imported. Everything that an importer's author needs is imported from here."""

from __future__ import annotations

from flask import Flask, current_app

from portal.importers.columns import (
    URL,
    Boolean,
    Choice,
    Column,
    Date,
    DateTime,
    Decimal,
    Email,
    Integer,
    Number,
    Text,
)
from portal.importers.formats import Delimited, Format, Json, JsonLines, Parquet, Workbook
from portal.importers.groups import Group
from portal.importers.hooks import ChunkCounts, RowError, RunFacts
from portal.importers.importer import Definition, Importer, OnDuplicate
from portal.importers.lookups import Lookup
from portal.importers.nested import Children, Many
from portal.importers.registry import load_importers
from portal.importers.rules import Rule
from portal.importers.targets import TableBy
from portal.importers.transforms import Concat, Lower, MapValues, Polars, Python, Replace, Slug, Strip, Upper
from portal.importers.values import Value
from portal.sources import AllowedHosts, Reach

__all__ = [
    "URL",
    "Boolean",
    "Children",
    "Choice",
    "ChunkCounts",
    "Column",
    "Concat",
    "Date",
    "DateTime",
    "Decimal",
    "Definition",
    "Delimited",
    "Email",
    "Format",
    "Group",
    "Importer",
    "Integer",
    "Json",
    "JsonLines",
    "Lookup",
    "Lower",
    "Many",
    "MapValues",
    "Number",
    "OnDuplicate",
    "Parquet",
    "Polars",
    "Python",
    "Replace",
    "RowError",
    "Rule",
    "RunFacts",
    "Slug",
    "Strip",
    "TableBy",
    "Text",
    "Upper",
    "Value",
    "Workbook",
    "find_importer",
    "importers",
    "init_app",
]


def init_app(app: Flask) -> None:
    """Load the importers that the settings name, and add their pages and commands."""
    from portal.importers import cli  # commands import this package
    from portal.importers.samples import tables  # noqa: F401 - makes the sample tables known to migrations
    from portal.importers.views import pages  # views import this package

    config = app.config["PORTAL"]
    app.extensions["importers"] = load_importers(config.importers)
    app.extensions["reach"] = Reach(AllowedHosts.named(config.url_allow), config.max_upload_bytes)
    app.register_blueprint(pages)
    app.cli.add_command(cli.importers)


def importers() -> dict[str, Definition]:
    """All importers by slug."""
    found: dict[str, Definition] = current_app.extensions["importers"]
    return found


def find_importer(slug: str) -> Definition | None:
    """The importer called `slug`, or None."""
    return importers().get(slug)
