"""What commands about accounts and about tokens share."""

from __future__ import annotations

import click

from portal.accounts.cli.elsewhere import AccountsElsewhere
from portal.accounts.cli.here import AccountsHere
from portal.command_line import reaching

asks_accounts = reaching(AccountsHere, AccountsElsewhere)
"""Gives a command its `AccountsDoor`."""

email_argument = click.argument("email")
