"""Documents that are made to break a converter: small files, each written in a moment, the same each time.

`DOCUMENTS` has them all: how to write one, what it passes for, and what may come of it. `pdfs`, `packages` (of Office)
and `texts` write them; `bombs` compresses what would take gigabytes.
"""

from __future__ import annotations

from tests.support.hostile import binaries, books, packages, pdfs, texts
from tests.support.hostile.document import CONVERTED, Hostile

__all__ = ["CONVERTED", "DOCUMENTS", "Hostile"]

DOCUMENTS: dict[str, Hostile] = {
    name: document for module in (pdfs, packages, books, binaries, texts) for name, document in module.DOCUMENTS.items()
}
