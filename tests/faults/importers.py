"""Importers of meter readings, one for each way in which a row that is written twice, or not at all, would show."""

from __future__ import annotations

import os

from portal.importers import Importer, Integer

ELSEWHERE = "elsewhere"
"""The name of a database beside the portal's own."""

CHUNK_ROWS = int(os.environ.get("READINGS_IN_A_CHUNK", "0")) or None
"""By default what the portal is set to, which isn't to be had from the environment."""


class Newest(Importer, table="newest", key="meter", on_duplicate="update", chunk_rows=CHUNK_ROWS):
    """One reading of each meter: the last one of the file."""

    line = Integer(required=True)
    meter = Integer(required=True)
    amount = Integer(minimum=0)


class Oldest(Importer, table="oldest", key="meter", on_duplicate="skip", chunk_rows=CHUNK_ROWS):
    """One reading of each meter: the first one of the file."""

    line = Integer(required=True)
    meter = Integer(required=True)
    amount = Integer(minimum=0)


class Strict(Importer, table="strict", key="meter", on_duplicate="fail", chunk_rows=CHUNK_ROWS):
    """One reading of each meter: a second one is an error."""

    line = Integer(required=True)
    meter = Integer(required=True)
    amount = Integer(minimum=0)


class Every(Importer, table="every", chunk_rows=CHUNK_ROWS):
    """All readings. Without a key, a row that is written twice is there twice."""

    line = Integer(required=True)
    meter = Integer(required=True)
    amount = Integer(minimum=0)


class EveryElsewhere(Importer, table="every", database=ELSEWHERE, chunk_rows=CHUNK_ROWS):
    """The same in a database beside the portal's own."""

    line = Integer(required=True)
    meter = Integer(required=True)
    amount = Integer(minimum=0)


class EveryInPieces(Importer, table="every", chunk_rows=600):
    """The same in so many chunks that what happens in the midst of the run does happen in its midst."""

    line = Integer(required=True)
    meter = Integer(required=True)
    amount = Integer(minimum=0)
