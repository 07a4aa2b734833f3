"""`portal ingest ...`: the same operations as the pages, at this portal or one elsewhere.

Commands ask a `RunsDoor` and put what it answers, which is the JSON of the API both ways, into words.
"""

from portal.runs.cli import changing, reading, rows, starting
from portal.runs.cli.group import ingest

__all__ = ["changing", "ingest", "reading", "rows", "starting"]
