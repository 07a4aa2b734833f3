"""Alignment: training data in chat format, made of Markdown."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Add what alignment brings to the app."""
    from portal.alignment import models  # noqa: F401 - tells the database of its tables
