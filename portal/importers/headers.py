"""How headers are compared."""

from __future__ import annotations

import re


def plain(text: str) -> str:
    """`text` without case, space and punctuation: "Tail number" is "tail_number". Punctuation alone stays."""
    return re.sub(r"[\W_]+", "", text.casefold()) or text.casefold()
