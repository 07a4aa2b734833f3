"""Pairs written by a language model behind an OpenAI-compatible API, and checked against the text."""

from portal.alignment.generating.model.asking import Asker
from portal.alignment.generating.model.endpoint import Endpoint
from portal.alignment.generating.model.generator import ModelGenerator
from portal.alignment.generating.model.patience import Patience
from portal.alignment.generating.model.suggesting import suggest_prompt

__all__ = ["Asker", "Endpoint", "ModelGenerator", "Patience", "suggest_prompt"]
