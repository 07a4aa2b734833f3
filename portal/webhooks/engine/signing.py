"""Secrets of webhooks, and what is signed with them, by the specification of Standard Webhooks. Pure.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence

SECRET_PREFIX = "whsec_"  # noqa: S105 - what every secret begins with


def signing_key(secret_key: str, salt: str) -> bytes:
    """The 32 bytes that sign for the webhook with this `salt`, made from the portal's own `secret_key`.

    So nothing that signs is kept in the database, and its owner can still be shown it again.
    """
    return hmac.digest(secret_key.encode(), f"webhook:{salt}".encode(), hashlib.sha256)


def secret_text(key: bytes) -> str:
    """`key` as its owner puts it into the receiver."""
    return SECRET_PREFIX + base64.b64encode(key).decode()


def signed_headers(message_id: str, timestamp: int, body: bytes, keys: Sequence[bytes]) -> dict[str, str]:
    """The headers by which a receiver knows that `body` is from here and new: `timestamp` in seconds since 1970, one
    signature for each of `keys`."""
    content = f"{message_id}.{timestamp}.".encode() + body
    signatures = [base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode() for key in keys]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
