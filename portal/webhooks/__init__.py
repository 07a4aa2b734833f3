"""Webhooks: other programs are told of what happens here, by signed messages to an address of theirs."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pages, the endpoints and the commands, and say how far messages go."""
    from portal.sources import AllowedHosts, Reach
    from portal.sources.hosts import Permission
    from portal.webhooks import api, cli, views  # they import this package

    app.extensions["webhook_reach"] = Reach(
        AllowedHosts.named(app.config["PORTAL"].url_allow, others=Permission.BY_PATTERN),
        max_bytes=64 * 1024,
        connect_seconds=5,
        silence_seconds=10,
        whole_seconds=20,
    )
    app.register_blueprint(views.blueprint)
    app.register_blueprint(api.blueprint)
    app.cli.add_command(cli.webhooks)
