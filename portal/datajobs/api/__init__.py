"""The endpoints of data jobs and of ingestion jobs, as the public client knows them."""

from portal.datajobs.api import changing, files, ingestion, jobs, starting
from portal.datajobs.api.blueprint import blueprint

BLUEPRINTS = (blueprint, ingestion.blueprint)

__all__ = ["BLUEPRINTS", "changing", "files", "ingestion", "jobs", "starting"]
