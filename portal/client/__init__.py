"""A portal elsewhere: what its JSON answers, over HTTP with a token. Knows neither runs nor accounts, and needs no
setting, database or folder of a portal here."""

from portal.client.connection import Answer, Connection, is_address

__all__ = ["Answer", "Connection", "is_address"]
