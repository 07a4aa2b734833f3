"""The blueprint that the modules beside this one add their pages to."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("datajobs", __name__, url_prefix="/jobs")
