"""What alignment is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MarkdownFile:
    """A Markdown file of the library under the name that people know its document by; `size` in bytes."""

    file_id: str
    name: str
    size: int
