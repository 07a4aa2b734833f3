"""Blocks of Markdown that are made of others."""

from __future__ import annotations

from portal.documents.writing import escaping


def fenced(code: str, language: str = "") -> str:
    """A block of code."""
    fence = escaping.fence_for(code)
    return f"{fence}{language}\n{code.rstrip()}\n{fence}"


def quoted(text: str) -> str:
    """A quotation of blocks."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def indented(text: str, columns: int) -> str:
    """Blocks that belong to what their first line begins with, a list's item or a note."""
    gap = "\n" + " " * columns
    return text.replace("\n", gap).replace(f"{gap}\n", "\n\n")


def listed(items: list[str], *, start: int | None = None) -> str:
    """A list of items that are blocks; numbered from `start` on, if it is given. Items without text go."""
    marks = ("- " if start is None else f"{number}. " for number in range(start or 0, (start or 0) + len(items)))
    kept = [item for item in items if item and not item.isspace()]
    return "\n".join(mark + indented(item, len(mark)) for mark, item in zip(marks, kept, strict=False))
