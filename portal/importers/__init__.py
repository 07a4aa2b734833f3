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
    Lookup,
    Number,
    Text,
)
from portal.importers.importer import Definition, Importer, OnDuplicate
from portal.importers.registry import load_importers

__all__ = [
    "URL",
    "Boolean",
    "Choice",
    "Column",
    "Date",
    "DateTime",
    "Decimal",
    "Definition",
    "Email",
    "Importer",
    "Integer",
    "Lookup",
    "Number",
    "OnDuplicate",
    "Text",
    "find_importer",
    "importers",
    "init_app",
]


def init_app(app: Flask) -> None:
    """Load the importers that the settings name, and add their pages."""
    from portal.importers.samples import tables  # noqa: F401 - makes the sample tables known to migrations
    from portal.importers.views import pages  # views import this package

    app.extensions["importers"] = load_importers(app.config["PORTAL"].importers)
    app.register_blueprint(pages)


def importers() -> dict[str, Definition]:
    """All importers by slug."""
    found: dict[str, Definition] = current_app.extensions["importers"]
    return found


def find_importer(slug: str) -> Definition | None:
    """The importer called `slug`, or None."""
    return importers().get(slug)
