"""The Python source of a draft, laid out as formatters do, so that they leave it alone. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from portal.importers import Importer
from portal.importers.drafting.draft import ColumnDraft, Draft

WIDTH = 88
"""The usual width of Black and Ruff. What is broken up ends in commas, so that wider settings leave it alone too."""

INDENT = 4

Part = tuple[str, object]
"""What stands before a value ("key=" or nothing), and the value."""

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 - it makes Python and plain text, no HTML
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def source_of(draft: Draft) -> str:
    """The file with the importer's class."""
    return _templates.get_template("importer.py.jinja").render(
        imports=_imports(draft),
        class_line=_class_line(draft),
        table=_for_docstring(draft.table),
        columns=[(_comment(column.comment), _attribute(column)) for column in draft.columns],
        left_out=[_comment(sentence) for sentence in draft.left_out],
    )


def what_next(**facts: Any) -> str:
    """What to do with the file once it is written, for people."""
    return _templates.get_template("what_next.txt.jinja").render(facts)


def _imports(draft: Draft) -> str:
    used: set[type] = {Importer, *(column.kind for column in draft.columns)}
    used |= {type(value) for column in draft.columns for value in column.settings.values() if is_dataclass(value)}
    used |= {type(draft.format)} if draft.format else set()
    names = sorted((kind.__name__ for kind in used), key=lambda name: (not name.isupper(), name))
    line = f"from portal.importers import {', '.join(names)}"
    if len(line) <= WIDTH:
        return line
    return _laid_out("from portal.importers import (", [(name, _NOTHING) for name in names], ")", 0)


def _class_line(draft: Draft) -> str:
    settings = {
        "table": draft.table,
        "key": draft.key[0] if len(draft.key) == 1 else list(draft.key),
        "null_values": list(draft.null_values),
        "database": draft.database,
        "format": draft.format,
    }
    parts: list[Part] = [("Importer", _NOTHING), *((f"{name}=", value) for name, value in settings.items() if value)]
    return _laid_out(f"class {draft.class_name}(", parts, "):", 0)


def _attribute(column: ColumnDraft) -> str:
    head = f"{column.name} = {column.kind.__name__}("
    return _laid_out(head, [(f"{name}=", value) for name, value in column.settings.items()], ")", INDENT)


def _comment(text: str) -> str:
    """`text` as comments inside the class, each line by itself; nothing for nothing."""
    one_line = "".join(letter if letter.isprintable() else " " for letter in text)
    lines = textwrap.wrap(one_line, WIDTH - INDENT - 2)
    return "\n".join(f"{' ' * INDENT}# {line}".rstrip() for line in lines)


def _for_docstring(text: str) -> str:
    return "".join(letter if letter.isprintable() and letter not in '"\\' else "_" for letter in text)


_NOTHING = object()
"""The value of a part that is all said by what stands before it."""


def _laid_out(head: str, parts: Sequence[Part], tail: str, indent: int) -> str:
    """`head`, `parts` and `tail` in one line where they fit, else each part in a line of its own."""
    flat = head + ", ".join(before + _flat(value) for before, value in parts) + tail
    if indent + _width(flat) <= WIDTH or not parts:
        return flat
    inner = " " * (indent + INDENT)
    lines = [f"{inner}{_part(part, indent + INDENT)}\n" for part in parts]
    return f"{head}\n{''.join(lines)}{' ' * indent}{tail}"


def _part(part: Part, indent: int) -> str:
    """`part` in lines of its own, with the comma behind it."""
    before, value = part
    if isinstance(value, list):
        return _laid_out(f"{before}[", [("", inner) for inner in value], "],", indent)
    if is_dataclass(value):
        return _laid_out(f"{before}{type(value).__name__}(", list(_arguments(value)), "),", indent)
    return f"{before}{_flat(value)},"


def _flat(value: object) -> str:
    if value is _NOTHING:
        return ""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_flat, value))}]"
    if is_dataclass(value):
        return f"{type(value).__name__}({', '.join(before + _flat(inner) for before, inner in _arguments(value))})"
    return repr(value)


def _arguments(value: Any) -> Iterator[Part]:
    """What a `Lookup` or a format is made with, by name once something is left out."""
    named = False
    for field in fields(value):
        setting = getattr(value, field.name)
        if setting is None or setting == field.default or not (setting or field.default_factory is MISSING):
            named = True
        else:
            yield (f"{field.name}=" if named else ""), setting


def quoted(text: str) -> str:
    """`text` as a string of Python, in double quotes unless single ones need fewer escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_letter(letter, quote) for letter in text) + quote


def _letter(letter: str, quote: str) -> str:
    if letter in "\"'":
        return f"\\{letter}" if letter == quote else letter
    return repr(letter)[1:-1]


def _width(line: str) -> int:
    """Columns that `line` takes at most: letters of some scripts take two."""
    return sum(1 if letter.isascii() else 2 for letter in line)
