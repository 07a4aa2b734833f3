"""The account pages, all in one blueprint."""

from __future__ import annotations

from portal.accounts.views import signing_in, tokens, users
from portal.accounts.views.blueprint import blueprint

__all__ = ["blueprint", "signing_in", "tokens", "users"]
