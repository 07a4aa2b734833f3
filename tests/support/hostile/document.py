"""What a hostile document is."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from portal.documents.kinds import Kind
from portal.documents.methods import Method

DIFFERS = frozenset({Kind.PDF, Kind.DOC, Kind.PPT})
"""The kinds of documents that the two methods convert differently."""

CONVERTED = "converted"
"""What comes of a document that can be converted after all."""


@dataclass(frozen=True)
class Hostile:
    """One of them."""

    make: Callable[[], bytes]
    """Its content. Takes less than a third of a second."""
    kind: Kind
    """What it passes for."""
    outcomes: frozenset[str]
    """Keys of failures, or CONVERTED."""
    contains: str
    """What its Markdown contains, if it is converted."""
    methods: tuple[Method, ...]
    """How it is converted."""

    def write(self, path: Path) -> None:
        path.write_bytes(self.make())


def hostile(
    make: Callable[[], bytes], kind: Kind, *outcomes: str, contains: str = "", methods: tuple[Method, ...] = ()
) -> Hostile:
    """A document of `kind` from which one of `outcomes` must come, by `methods` or by all that differ."""
    differ = tuple(Method) if kind in DIFFERS else (Method.SPEED,)
    return Hostile(make, kind, frozenset(outcomes), contains, methods or differ)


def random_bytes(head: bytes = b"", size: int = 50_000) -> bytes:
    """The same ones each time."""
    return head + random.Random(size).randbytes(size)
