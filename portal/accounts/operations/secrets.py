"""Secrets that are given out once and kept only as a hash."""

from __future__ import annotations

import hashlib
import secrets


def new_secret() -> str:
    """40 characters that are safe in an address; 240 random bits."""
    return secrets.token_urlsafe(30)


def hash_secret(text: str) -> str:
    """SHA-256 in hexadecimal. A slow hash would add nothing: nobody can guess 240 bits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
