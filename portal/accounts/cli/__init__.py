"""`portal users ...` and `portal tokens ...`: the same operations as the pages, at this portal or one elsewhere."""

from portal.accounts.cli.tokens import tokens
from portal.accounts.cli.users import users

__all__ = ["tokens", "users"]
