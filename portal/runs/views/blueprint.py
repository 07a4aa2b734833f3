"""The blueprint that the modules beside this one add their pages to."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("runs", __name__, url_prefix="/runs")

ROW_ADDRESS = "/<int:run_id>/rows/<row:row_number>"
"""Below it is all that concerns one row that is kept of a run."""
