"""A lab that tests of pages enter between two requests, which have contexts of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from flask import Flask


class _Lab(Protocol):
    user_id: int


Lab = TypeVar("Lab", bound=_Lab)
Bench = Callable[[], AbstractContextManager[Lab]]
"""`with bench() as lab:` prepares things, or looks at them."""


def bench_of(lab: Callable[[Flask, Path], Lab], app: Flask, folder: Path) -> Bench[Lab]:
    """A bench with a lab of this kind, which is made at once."""
    with app.app_context():
        made = lab(app, folder)

    @contextmanager
    def enter() -> Iterator[Lab]:
        with app.app_context():
            yield made

    return enter
