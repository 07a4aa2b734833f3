"""JSON: records as a table, all else as nested lists."""

from __future__ import annotations

import json
from typing import Any

from portal.documents import failures
from portal.documents.converting import Markdown, Source
from portal.documents.failures import ConversionFailed
from portal.documents.texts import values
from portal.documents.texts.decoding import text_of


def convert(source: Source) -> Markdown:
    """The value as Markdown. Raises ConversionFailed."""
    return Markdown(values.markdown(parsed(text_of(source.path))))


def parsed(text: str, *, line: int = 0) -> Any:
    """The value of a text that is JSON; `line` is counted in where the text is one of several. Raises
    ConversionFailed."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ConversionFailed(failures.MALFORMED, "nested too deeply") from error
    except ValueError as error:
        place = f"line {line}: " if line else ""
        raise ConversionFailed(failures.MALFORMED, f"{place}{error}") from error
