"""The blueprint of the endpoints of data jobs."""

from __future__ import annotations

from portal.api.limits import api_blueprint

blueprint = api_blueprint("datajobs_api", "/v1/flow/data-jobs")
