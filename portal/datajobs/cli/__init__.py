"""`portal jobs ...`: the same operations as the pages, at this portal or one elsewhere.

Commands ask a `DataJobsDoor` and put what it answers, which is the JSON of the API both ways, into words.
"""

from portal.datajobs.cli import files, making, reading, starting
from portal.datajobs.cli.group import jobs

__all__ = ["files", "jobs", "making", "reading", "starting"]
