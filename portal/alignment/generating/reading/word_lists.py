"""How lists of words are written down."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Those with white space between them."""
    return frozenset(text.split())


def phrases(text: str) -> frozenset[str]:
    """Those with commas between them, which may have spaces in them."""
    return frozenset(" ".join(phrase.split()) for phrase in text.split(","))
