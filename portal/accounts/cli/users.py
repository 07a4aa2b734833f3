"""`portal users ...`"""

from __future__ import annotations

import sys
from urllib.parse import urlsplit

import click

from portal.accounts.cli.door import AccountsDoor
from portal.accounts.cli.group import asks_accounts, email_argument
from portal.accounts.models import Role
from portal.command_line import json_option, say, table

roles = click.Choice([role.value for role in Role])


@click.group("users")
def users() -> None:
    """Accounts and roles."""


@users.command("create")
@email_argument
@click.option("--role", type=roles, required=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
@json_option
@asks_accounts
def create_user(door: AccountsDoor, email: str, role: str, password_stdin: bool, as_json: bool) -> None:
    """Create an account. Without a password, its owner signs in with `portal users link` first."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    answer = door.create_user(email, role, password=password)
    say(f"Created {answer['data']['email']} ({answer['data']['role']}).", answer, as_json)


@users.command("list")
@json_option
@asks_accounts
def list_users(door: AccountsDoor, as_json: bool) -> None:
    """List all accounts."""
    answer = door.users()
    rows = [(user["email"], user["role"], "active" if user["is_active"] else "deactivated") for user in answer["data"]]
    say(table(["EMAIL", "ROLE", "STATE"], rows) if rows else "There are no accounts.", answer, as_json)


@users.command("link")
@email_argument
@click.option("--base-url", default="", help="Such as http://127.0.0.1:8000, where the portal is reached.")
@json_option
@asks_accounts
def create_link(door: AccountsDoor, email: str, base_url: str, as_json: bool) -> None:
    """Print a fresh one-time sign-in link, good for a quarter of an hour; of the portal here, its path alone."""
    answer = door.sign_in_link(email)
    link = answer["data"]
    if base_url:
        link = {**link, "url": base_url.rstrip("/") + urlsplit(link["url"]).path}
    say(link["url"], {"data": link}, as_json)


@users.command("role")
@email_argument
@click.argument("role", type=roles)
@json_option
@asks_accounts
def change_role(door: AccountsDoor, email: str, role: str, as_json: bool) -> None:
    """Change the role of an account."""
    answer = door.change_role(email, role)
    say(f"{answer['data']['email']} is now {answer['data']['role']}.", answer, as_json)


@users.command("deactivate")
@email_argument
@json_option
@asks_accounts
def deactivate_user(door: AccountsDoor, email: str, as_json: bool) -> None:
    """Close an account: signed out at once, tokens stop working."""
    answer = door.deactivate_user(email)
    say(f"{answer['data']['email']} is deactivated.", answer, as_json)


@users.command("reactivate")
@email_argument
@json_option
@asks_accounts
def reactivate_user(door: AccountsDoor, email: str, as_json: bool) -> None:
    """Open a closed account again."""
    answer = door.reactivate_user(email)
    say(f"{answer['data']['email']} can sign in again.", answer, as_json)
