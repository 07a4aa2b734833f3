"""How answers and refusals are printed."""

from __future__ import annotations

import errno
import functools
import json
from collections.abc import Callable
from typing import ParamSpec

import click

from portal.client import Answer
from portal.database import can_be_kept
from portal.errors import PortalError

Arguments = ParamSpec("Arguments")

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def say(text: str, data: Answer, as_json: bool) -> None:
    """Print `text`, or `data` where JSON was asked for."""
    click.echo(json.dumps(data) if as_json else text)


def says_why_not(command: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """A refusal becomes one line on standard error and exit status 1."""

    @functools.wraps(command)
    def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except PortalError as error:
            raise click.ClickException(one_line(error)) from None
        except UnicodeEncodeError as error:
            if can_be_kept(error.object):
                raise
            # How bytes of the command that aren't UTF-8 arrive (https://peps.python.org/pep-0383/).
            raise click.ClickException(f"{error.object!a} is no text in UTF-8.") from None
        except OSError as error:
            if error.errno not in FULL:
                raise
            raise click.ClickException(f"Standard output can't be written: {error.strerror}.") from None

    return run


def one_line(error: PortalError) -> str:
    """The detail, what is wrong with single fields where the detail doesn't say so already, and what to do."""
    fields = [
        f"{field}: {message}"
        for field, messages in error.errors.items()
        for message in messages
        if message not in error.detail
    ]
    return " ".join(" ".join([error.detail, *fields, error.fix]).split())
