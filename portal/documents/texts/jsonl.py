"""JSON Lines: a value on each line."""

from __future__ import annotations

from portal.documents.converting import Markdown, Source
from portal.documents.texts import values
from portal.documents.texts.decoding import text_of
from portal.documents.texts.json import parsed


def convert(source: Source) -> Markdown:
    """Records that are alike as one table, else one list after the other. Raises ConversionFailed."""
    lines = text_of(source.path).split("\n")
    found = [parsed(line, line=number) for number, line in enumerate(lines, 1) if line.strip()]
    if values.is_table(found):
        return Markdown(values.markdown(found))
    return Markdown("\n\n".join(values.markdown(value) for value in found))
