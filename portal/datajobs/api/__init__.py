"""The endpoints of data jobs and of ingestion jobs, as the public client knows them."""

from portal.datajobs.api import ingestion, jobs

BLUEPRINTS = (jobs.blueprint, ingestion.blueprint)

__all__ = ["BLUEPRINTS", "ingestion", "jobs"]
