"""Suggesting a system prompt."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from flask import current_app

from config import LanguageModel
from portal.alignment.generating import choosing
from portal.alignment.generating.model import suggest_prompt as suggest_by_model
from portal.alignment.generating.pairs import GenerationFailed
from portal.errors import BadInput
from portal.extensions import db

log = logging.getLogger(__name__)

MAX_TEXT = 100_000
"""Characters of instructions, and of a summary."""


@dataclass(frozen=True)
class Suggestion:
    """A system prompt. `note` is a sentence where the language model was to write it and didn't."""

    system_prompt: str
    note: str | None = None


def suggest_prompt(instructions: str, document_summary: str | None = None) -> Suggestion:
    """A system prompt that follows from what the model is to do and what its documents are about.

    The language model writes it where one is configured, which takes up to 20 seconds; where it fails, the prompt is
    put together without it, since that is better than none. Raises BadInput, naming the field.
    """
    summary = document_summary or ""
    _check(instructions, summary)
    model: LanguageModel | None = current_app.config["PORTAL"].language_model
    if model is None:
        return Suggestion(_put_together(instructions, summary))
    db.session.commit()  # no transaction stays open while it writes
    try:
        return Suggestion(suggest_by_model(choosing.asker(model), instructions, summary))
    except GenerationFailed as failure:
        log.warning("No system prompt from the language model: %s", failure)
        note = f"{failure.message} So this was put together without it."
        return Suggestion(_put_together(instructions, summary), note)


def _put_together(instructions: str, summary: str) -> str:
    from portal.alignment.generating.embedded import suggest_prompt as suggest_from_texts  # loads a parser

    return suggest_from_texts(instructions, summary)


def _check(instructions: str, summary: str) -> None:
    errors: dict[str, list[str]] = {}
    if not instructions.strip() and not summary.strip():
        errors["instructions"] = ["Say what the model is to do, or give a summary of the documents."]
    for field, text in (("instructions", instructions), ("document_summary", summary)):
        if len(text) > MAX_TEXT:
            errors[field] = [f"It may have at most {MAX_TEXT:,} characters, but has {len(text):,}."]
    if errors:
        raise BadInput("No system prompt can be suggested from this.", errors=errors)
