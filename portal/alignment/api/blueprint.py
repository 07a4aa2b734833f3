"""The blueprint that the modules beside this one add their endpoints to."""

from __future__ import annotations

from portal.api.limits import api_blueprint

blueprint = api_blueprint("alignment_api", "/v1/flow/alignment")
