"""At which portal a command acts: the one of this machine, or one elsewhere."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click
from click.core import ParameterSource
from flask import current_app
from flask.cli import ScriptInfo
from sqlalchemy.exc import DBAPIError

from portal.client import Connection, is_address
from portal.command_line.answers import says_why_not
from portal.errors import PortalError
from portal.extensions import db

Door = TypeVar("Door")


class WrongUsage(click.ClickException):
    """Options that don't go together, told in one line."""

    exit_code = 2


PLACE_OPTIONS: list[click.Parameter] = [
    click.Option(["--url"], envvar="PORTAL_URL", metavar="URL", help="A portal elsewhere, instead of the one here."),
    click.Option(
        ["--token"],
        envvar="PORTAL_TOKEN",
        metavar="TOKEN",
        help="Of your account there. Others here can see what stands on a command line: better set PORTAL_TOKEN.",
    ),
]


def is_elsewhere(context: click.Context) -> bool:
    """Whether --url was typed; PORTAL_URL alone doesn't forbid what can only be done here."""
    return context.find_root().get_parameter_source("url") is ParameterSource.COMMANDLINE


def reaching(
    here: Callable[[], Door], elsewhere: Callable[[Connection], Door]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command its way to the portal as first argument: `here()` within the app, or `elsewhere(connection)`
    where a portal elsewhere is named. No app is made for that, so nothing of a portal is needed here."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @says_why_not
        @functools.wraps(command)
        def run(*args: Any, **kwargs: Any) -> None:
            context = click.get_current_context()
            place = context.find_root().params
            if place.get("url"):
                command(elsewhere(_connection(place["url"], place["token"])), *args, **kwargs)
                return
            _enter_app(context)
            with _database_told():
                command(here(), *args, **kwargs)

        return run

    return decorate


def _connection(url: str, token: str | None) -> Connection:
    if not is_address(url):
        shown = url.rpartition("@")[2]  # what is before it may be a password
        raise WrongUsage(f"{shown} can't be the address of a portal: it must be like https://portal.example.com.")
    if not token:
        raise WrongUsage("A portal elsewhere wants a token: set PORTAL_TOKEN.")
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise WrongUsage("The token can't be one: it has spaces, or letters that no token has.")
    return Connection(url, token)


def _enter_app(context: click.Context) -> None:
    if not current_app:
        context.with_resource(context.ensure_object(ScriptInfo).load_app().app_context())


@contextmanager
def _database_told() -> Iterator[None]:
    """A database that is away, or whose tables aren't there yet, is told in a sentence."""
    try:
        yield
    except DBAPIError as error:
        from portal.serving.schema import check_schema  # whose package has commands that import this one

        db.session.rollback()
        check_schema()
        reason = str(error.orig).partition("\n")[0]
        raise PortalError(f"The database refuses that: {reason}.", fix="Try again in a moment.") from error
