"""The options that say how a file is written."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from portal.importers.formats import NAMES
from portal.importers.reading_options import NO_QUOTE, OPTIONS, format_of


def reading_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give `command` the options that say how a file is written; it gets them together, as `format`."""

    @functools.wraps(command)
    def run(**kwargs: Any) -> None:
        given = {name: kwargs.pop(name) for name in OPTIONS}
        command(format=format_of(given), **kwargs)

    for name, words in reversed(HELP.items()):
        option = click.option(f"--{name.replace('_', '-')}", name, help=words)
        option(run)
    return run


HELP = {
    "format": f"How the file is written: {', '.join(NAMES)}.",
    "delimiter": "One character, or a word: comma, semicolon, tab, pipe.",
    "quote": f"The character around fields; “{NO_QUOTE}” if quotation marks are text like any other.",
    "encoding": "Such as cp1251.",
    "header_row": "The line or row of the headers, from 1.",
    "sheet": "Of a workbook: its name, or its position from 1.",
    "pointer": "Of JSON: the way to the array, such as /data/rows.",
}
