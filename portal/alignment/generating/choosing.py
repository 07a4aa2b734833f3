"""Who writes the pairs: the language model that the settings name, else the generator that needs none."""

from __future__ import annotations

from functools import lru_cache

from config import Config, LanguageModel
from portal.alignment.generating.costs import Prices
from portal.alignment.generating.model import Asker, Endpoint, ModelGenerator
from portal.alignment.generating.pairs import Generator


def generator(config: Config) -> Generator:
    """The generator that `config` names. With a language model it is the same for a whole process, so that it knows how
    many requests are under way, what the endpoint has refused before, and what was written already."""
    if config.language_model is not None:
        return _by_model(config.language_model)
    from portal.alignment.generating.embedded import EmbeddedGenerator

    return EmbeddedGenerator()


@lru_cache(maxsize=8)
def _by_model(model: LanguageModel) -> ModelGenerator:
    return ModelGenerator(
        asker(model),
        pairs_per_passage=model.pairs_per_passage,
        max_tokens_per_document=model.max_tokens_per_document,
    )


@lru_cache(maxsize=8)
def asker(model: LanguageModel) -> Asker:
    """Who asks the endpoint of `model`, the same for a whole process, too."""
    endpoint = Endpoint(model.base_url, model.model, model.api_key, timeout_seconds=model.timeout_seconds)
    return Asker(endpoint, at_once=model.concurrency)


def prices(model: LanguageModel | None) -> Prices | None:
    """What tokens of `model` cost, None where that isn't known."""
    if model is None or model.price_input is None or model.price_output is None:
        return None
    return Prices(model.price_input, model.price_output)
