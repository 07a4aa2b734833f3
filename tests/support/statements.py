"""A database for each test, without compiling the portal's statements again for each."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache


def compile_once() -> None:
    """Let all engines of this process share the SQL that SQLAlchemy makes of a statement.

    It keeps that for each engine, under a key whose first part is the engine's dialect object. An engine lives as long
    as a test here, which runs most statements once: a sixth of its time went into making them. All engines of one kind
    of database are opened in the same way, so their dialects count as equal.
    """
    shared = LRUCache[Any, Any](5_000)
    Engine._compiled_cache = property(lambda _: shared, lambda *_: None)  # type: ignore[assignment]
    DefaultDialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign,assignment]
    DefaultDialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign,assignment]
