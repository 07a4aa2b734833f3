"""The endpoints of row imports."""

from portal.runs.api import changing, exports, importers, reading, rows, starting
from portal.runs.api.blueprint import blueprint

__all__ = ["blueprint", "changing", "exports", "importers", "reading", "rows", "starting"]
