"""What all of `portal ...` share: who acts, how answers and refusals are printed."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any, NamedTuple, ParamSpec

import click

from portal.errors import PortalError
from portal.importers.formats import NAMES
from portal.importers.reading_options import NO_QUOTE, OPTIONS, format_of

Arguments = ParamSpec("Arguments")


class _CommandLine(NamedTuple):
    id: int | None = None
    email: str = "command line"


COMMAND_LINE = _CommandLine()
"""Who did it, for the timeline: whoever may run commands here has no account to name."""

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def says_why_not(command: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """A refusal becomes one line on standard error and exit status 1."""

    @functools.wraps(command)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except PortalError as error:
            raise click.ClickException(f"{error.detail} {error.fix}".strip()) from None

    return run


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


def say(text: str, data: dict[str, Any], as_json: bool) -> None:
    """Print `text`, or `data` where JSON was asked for."""
    click.echo(json.dumps(data) if as_json else text)
