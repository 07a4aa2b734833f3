"""Names that Python takes: of the class, of its file, of columns. Pure."""

from __future__ import annotations

import keyword
import re
import unicodedata

from portal import importers


def class_name(name: str) -> str:
    """The class for what people call `name`: "order lines" and "order-lines" are OrderLines, OrderLines stays.

    Raises ValueError where there can't be such a class, with the reason.
    """
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", name))
    found = "".join(word[0].upper() + word[1:] for word in words)
    if not found.isidentifier() or keyword.iskeyword(found):
        raise ValueError("a class can't be called so: begin with a letter, as in Members or order-lines")
    if found in importers.__all__:
        raise ValueError(f"{found} is a name of the portal's own: choose another one")
    return found


def snake(name: str) -> str:
    """OrderLines is order_lines: for files and tables."""
    return re.sub(r"(?<=[^\W_A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def attribute(header: str, position: int) -> str:
    """The name of a column with that header; `position` is the header's, from 1, for those without a letter."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", header).lower())
    found = unicodedata.normalize("NFKC", "_".join(words))
    if found and not found[0].isalpha():
        found = f"column_{found}"
    if keyword.iskeyword(found):
        found = f"{found}_"
    return found if is_attribute(found) else f"column_{position}"


def is_attribute(name: str) -> bool:
    """Whether a column can have this name as it is."""
    return (
        name.isidentifier()
        and not keyword.iskeyword(name)
        and not name.startswith("_")
        and name not in importers.__all__  # it would hide the kind of that name from the columns below it
        and unicodedata.normalize("NFKC", name) == name  # else Python makes another name of it
    )
