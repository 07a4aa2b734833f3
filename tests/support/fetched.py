"""Importers whose file comes from a source, and how a test hurries what waits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask

IMPORTER = """
from portal.importers import Importer, Text

class Fetched(Importer, table="notes", slug="fetched", {settings}):
    body = Text(required=True, pattern="[^!]*")
"""


def fetched_importer(folder: Path, **settings: str) -> str:
    """Write an importer called `fetched` into a file in `folder`; returns its path, for the setting `importers`."""
    path = folder / "fetched_importer.py"
    path.write_text(IMPORTER.format(settings=", ".join(f"{name}={value!r}" for name, value in settings.items())))
    return str(path)


def hurry(app: Flask, **limits: Any) -> None:
    """Let `app` wait for a short time only between two tries; `limits` change further parts of its reach."""
    app.extensions["reach"] = replace(app.extensions["reach"], **({"pauses": (0.01, 0.02)} | limits))
