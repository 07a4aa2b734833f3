"""The blueprint that the modules beside this one add their pages to."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("alignment", __name__, url_prefix="/alignments")
