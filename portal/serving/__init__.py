"""`portal serve` and the programs that it keeps running."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the commands that `portal` has beside those of the domains, so that `flask` has them too."""
    from portal.command_line.completion import completion  # they import what imports this package
    from portal.migrations import migrations
    from portal.serving.cli import serve, web, worker

    for command in (serve, web, worker, migrations, completion):
        app.cli.add_command(command)
