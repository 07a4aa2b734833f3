"""The first minutes: an administrator and a link to sign in with."""

from __future__ import annotations

import click
from flask import Flask

from portal.accounts import operations, queries
from portal.accounts.models import Role
from portal.command_line import COMMAND_LINE

FIRST_ADMIN = "admin@localhost"


def print_sign_in_link(app: Flask, base_url: str) -> None:
    """Print a one-time link for the first administrator, who is made where there is none yet."""
    with app.app_context():
        admin = queries.first_admin() or operations.create_user(FIRST_ADMIN, Role.ADMIN, actor=COMMAND_LINE)
        email = admin.email
        secret = operations.create_sign_in_link(admin.id, actor=COMMAND_LINE)
    click.echo(f"\nSign in as {email} (once, within {operations.LINK_MINUTES} minutes):")
    click.echo(f"  {base_url}/sign-in/link/{secret}")
    click.echo("Next: choose Runs, New import, and begin with the sample airlines.\n")
