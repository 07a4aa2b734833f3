"""`portal tokens ...`"""

from __future__ import annotations

import click

from portal.accounts.cli.door import AccountsDoor
from portal.accounts.cli.group import asks_accounts, email_argument
from portal.accounts.models import TokenRole
from portal.accounts.operations import DEFAULT_TOKEN_DAYS
from portal.command_line import json_option, say, table

roles = click.Choice([role.value for role in TokenRole])


@click.group("tokens")
def tokens() -> None:
    """API tokens."""


@tokens.command("create")
@email_argument
@click.option("--name", default="API token", show_default=True)
@click.option("--expires", "days", type=int, default=DEFAULT_TOKEN_DAYS, show_default=True, metavar="DAYS")
@click.option("--role", type=roles, default="owner", show_default=True, help="What it may do of what its owner may.")
@json_option
@asks_accounts
def create_token(door: AccountsDoor, email: str, *, name: str, days: int, role: str, as_json: bool) -> None:
    """Print a new token, once, alone on standard output."""
    answer = door.create_token(email, name=name, days=days, role=role)
    say(answer["data"]["token"], answer, as_json)


@tokens.command("list")
@email_argument
@json_option
@asks_accounts
def list_tokens(door: AccountsDoor, email: str, as_json: bool) -> None:
    """List the tokens of an account, newest first."""
    answer = door.tokens(email)
    rows = [
        (str(token["id"]), f"{token['prefix']}…", token["role"], token["state"], token["expires_at"], token["name"])
        for token in answer["data"]
    ]
    headers = ["ID", "TOKEN", "ROLE", "STATE", "UNTIL", "NAME"]
    say(table(headers, rows) if rows else "There are no tokens.", answer, as_json)


@tokens.command("revoke")
@click.argument("token_id", type=click.IntRange(1, 2**63 - 1))
@json_option
@asks_accounts
def revoke_token(door: AccountsDoor, token_id: int, as_json: bool) -> None:
    """End a token for good; its number is in `portal tokens list`."""
    door.revoke_token(token_id)
    message = f"Token {token_id} no longer works."
    say(message, {"message": message}, as_json)
