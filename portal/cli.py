"""`portal`: all commands, at the portal of this machine or at one elsewhere."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import FlaskGroup

from portal import create_app
from portal.accounts.cli import tokens, users
from portal.command_line import PLACE_OPTIONS, WrongUsage, is_elsewhere
from portal.command_line.completion import completion
from portal.datajobs.cli import jobs
from portal.importers.cli import importers
from portal.migrations import migrations
from portal.runs.cli import ingest
from portal.serving.cli import serve, web, worker
from portal.webhooks.cli import webhooks

ANYWHERE: tuple[click.Command, ...] = (ingest, jobs, webhooks, users, tokens, completion)
ONLY_HERE: tuple[click.Command, ...] = (serve, web, worker, migrations, importers)


class Portal(FlaskGroup):
    """All commands are known without an app: one is made when a command works here, never for a portal elsewhere."""

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        return self.commands.get(name)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Refuse what can't be done from afar."""
        name, command, rest = super().resolve_command(ctx, args)
        if command in ONLY_HERE and is_elsewhere(ctx) and not ctx.resilient_parsing:
            raise WrongUsage(f"portal {name} works only on the portal's own machine: leave --url out.")
        return name, command, rest


def _create_app() -> Flask:
    """A setting that is wrong is told in a sentence, without a traceback."""
    try:
        return create_app()
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"PORTAL_DATA_DIR can't be used: {error.filename}: {error.strerror}.") from None


main = Portal(
    create_app=_create_app,
    add_default_commands=False,
    params=PLACE_OPTIONS,
    help="Ingest Portal: bring files in, see what failed and why, retry only that.",
)
for command in (*ANYWHERE, *ONLY_HERE):
    main.add_command(command)

if __name__ == "__main__":
    main()
