"""What the language model's work for a job cost."""

from __future__ import annotations

from decimal import Decimal

from flask import current_app

from config import LanguageModel
from portal.alignment.generating.choosing import prices
from portal.alignment.generating.costs import cost_of
from portal.alignment.models import AlignmentJob
from portal.alignment.queries import AlignmentSummary


def spent(job: AlignmentJob, summary: AlignmentSummary) -> Decimal | None:
    """US dollars at the prices in the settings, not rounded. None where they aren't known, or are those of another
    model than that of the job."""
    model: LanguageModel | None = current_app.config["PORTAL"].language_model
    if model is None or model.model != job.model:
        return None
    return cost_of(summary.input_tokens, summary.output_tokens, prices(model))
