"""Files from elsewhere: a server's path, the web, or any store that fsspec knows. Knows nothing of runs."""

from portal.sources.address import Address
from portal.sources.fetching import check_reachable, fetch
from portal.sources.hosts import AllowedHosts
from portal.sources.problems import PassingProblem, SourceProblem
from portal.sources.reach import Reach

__all__ = ["Address", "AllowedHosts", "PassingProblem", "Reach", "SourceProblem", "check_reachable", "fetch"]
