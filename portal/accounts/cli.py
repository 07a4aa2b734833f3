"""`portal users ...` and `portal tokens ...`."""

from __future__ import annotations

import sys
from typing import Any

import click
from flask.cli import AppGroup

from portal.accounts import operations, queries
from portal.accounts.models import ApiToken, Role, User
from portal.command_line import COMMAND_LINE, json_option, say, says_why_not
from portal.web.filters import exact, iso

LINK_PATH = "/sign-in/link/"


users = AppGroup("users", help="Accounts and roles.")
tokens = AppGroup("tokens", help="API tokens.")
roles = click.Choice([role.value for role in Role])


@users.command("create")
@click.argument("email")
@click.option("--role", type=roles, required=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
@json_option
@says_why_not
def create_user(email: str, role: str, password_stdin: bool, as_json: bool) -> None:
    """Create an account. Without a password, its owner signs in with `portal users link` first."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    user = operations.create_user(email, role, password=password, actor=COMMAND_LINE)
    say(f"Created {user.email} ({user.role}).", _user_json(user), as_json)


@users.command("list")
@json_option
def list_users(as_json: bool) -> None:
    """List all accounts."""
    rows = [row.user for row in queries.all_users()]
    lines = [f"{user.email}  {user.role}{'' if user.is_active else '  deactivated'}" for user in rows]
    say("\n".join(lines) or "There are no accounts.", {"data": [_user_json(user) for user in rows]}, as_json)


@users.command("link")
@click.argument("email")
@click.option("--base-url", default="", help="Such as http://127.0.0.1:8000; without it the path alone is printed.")
@json_option
@says_why_not
def create_link(email: str, base_url: str, as_json: bool) -> None:
    """Print a fresh one-time sign-in link, good for a quarter of an hour."""
    user = operations.user_by_email(email)
    secret = operations.create_sign_in_link(user.id, actor=COMMAND_LINE)
    link = f"{base_url.rstrip('/')}{LINK_PATH}{secret}"
    say(link, {"email": user.email, "link": link, "minutes": operations.LINK_MINUTES}, as_json)


@users.command("role")
@click.argument("email")
@click.argument("role", type=roles)
@json_option
@says_why_not
def change_role(email: str, role: str, as_json: bool) -> None:
    """Change the role of an account."""
    user = operations.change_role(operations.user_by_email(email).id, role, actor=COMMAND_LINE)
    say(f"{user.email} is now {user.role}.", _user_json(user), as_json)


@users.command("deactivate")
@click.argument("email")
@json_option
@says_why_not
def deactivate_user(email: str, as_json: bool) -> None:
    """Close an account: signed out at once, tokens stop working."""
    user = operations.deactivate_user(operations.user_by_email(email).id, actor=COMMAND_LINE)
    say(f"{user.email} is deactivated.", _user_json(user), as_json)


@users.command("reactivate")
@click.argument("email")
@json_option
@says_why_not
def reactivate_user(email: str, as_json: bool) -> None:
    """Open a closed account again."""
    user = operations.reactivate_user(operations.user_by_email(email).id, actor=COMMAND_LINE)
    say(f"{user.email} can sign in again.", _user_json(user), as_json)


@tokens.command("create")
@click.argument("email")
@click.option("--name", default="API token", show_default=True)
@click.option("--expires", "days", type=int, default=operations.DEFAULT_TOKEN_DAYS, show_default=True, metavar="DAYS")
@json_option
@says_why_not
def create_token(email: str, name: str, days: int, as_json: bool) -> None:
    """Print a new token, once, alone on standard output."""
    owner = operations.user_by_email(email)
    token, text = operations.create_token(owner.id, name=name, days=days, actor=COMMAND_LINE)
    say(text, _token_json(token) | {"token": text}, as_json)


@tokens.command("list")
@click.argument("email")
@json_option
@says_why_not
def list_tokens(email: str, as_json: bool) -> None:
    """List the tokens of an account, newest first."""
    rows = queries.tokens_of(operations.user_by_email(email).id)
    lines = [
        f"{token.id}  {token.prefix}…  {token.state}  until {exact(token.expires_at)}  {token.name}" for token in rows
    ]
    say("\n".join(lines) or "There are no tokens.", {"data": [_token_json(token) for token in rows]}, as_json)


@tokens.command("revoke")
@click.argument("token_id", type=int)
@json_option
@says_why_not
def revoke_token(token_id: int, as_json: bool) -> None:
    """End a token for good; its number is in `portal tokens list`."""
    token = operations.revoke_token(token_id, actor=COMMAND_LINE)
    say(f"The token “{token.name}” no longer works.", _token_json(token), as_json)


def _user_json(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "email": user.email,
        "role": user.role,
        "is_active": user.is_active,
        "created_at": iso(user.created_at),
        "last_seen_at": iso(user.last_seen_at) if user.last_seen_at else None,
    }


def _token_json(token: ApiToken) -> dict[str, Any]:
    return {
        "id": token.id,
        "email": token.user.email,
        "name": token.name,
        "prefix": token.prefix,
        "state": token.state,
        "created_at": iso(token.created_at),
        "expires_at": iso(token.expires_at),
        "last_used_at": iso(token.last_used_at) if token.last_used_at else None,
    }
