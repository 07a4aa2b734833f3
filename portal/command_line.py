"""What all of `portal ...` share: who acts, how answers and refusals are printed."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any, NamedTuple, ParamSpec

import click

from portal.errors import PortalError

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


def say(text: str, data: dict[str, Any], as_json: bool) -> None:
    """Print `text`, or `data` where JSON was asked for."""
    click.echo(json.dumps(data) if as_json else text)
