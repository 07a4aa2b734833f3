"""The endpoints of alignment, as the public client knows them, and those of the pairs, which are the portal's own."""

from portal.alignment.api import changing, jobs, pairs
from portal.alignment.api.blueprint import blueprint

__all__ = ["blueprint", "changing", "jobs", "pairs"]
