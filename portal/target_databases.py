"""Databases beside the portal's own that importers may write to: `PORTAL_DATABASES`."""

from __future__ import annotations

from contextlib import AbstractContextManager

from flask import Flask, current_app
from sqlalchemy import Connection, Engine, create_engine

from portal.database import database_url, engine_options, prepare_engine


class UnknownDatabase(Exception):
    """An importer names a database that the settings don't have."""


def init_app(app: Flask) -> None:
    """Prepare an engine for each; none is connected to yet. Raises ValueError, naming the setting."""
    named = app.config["PORTAL"].databases
    app.extensions["target_databases"] = {name: _engine(name, url) for name, url in named.items()}


def connect(name: str) -> AbstractContextManager[Connection]:
    """A connection to the database called `name`, to be used as a context. Raises UnknownDatabase."""
    return engine(name).connect()


def engine(name: str) -> Engine:
    """The engine of the database called `name`. Raises UnknownDatabase."""
    engines: dict[str, Engine] = current_app.extensions["target_databases"]
    if name not in engines:
        raise UnknownDatabase(name)
    return engines[name]


def _engine(name: str, url: str) -> Engine:
    try:
        address = database_url(url)
    except ValueError as error:
        raise ValueError(f"PORTAL_DATABASES: {name} can't be used: {error}") from None
    made = create_engine(address, **engine_options(address))
    prepare_engine(made)
    return made
