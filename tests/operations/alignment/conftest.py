"""Alignments on a bench."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.support.alignment_lab import AlignmentLab


@pytest.fixture
def alignment_lab(app: Flask, tmp_path: Path) -> Iterator[AlignmentLab]:
    with app.app_context():
        yield AlignmentLab(app, tmp_path)
