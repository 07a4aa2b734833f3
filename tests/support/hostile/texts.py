"""Hostile files of text: HTML, XML, JSON, RTF, RST, CSV, Markdown and plain."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

from portal.documents.kinds import Kind
from tests.support.hostile.bombs import MIB
from tests.support.hostile.document import CONVERTED, Hostile, hostile, random_bytes
from tests.support.hostile.packages import ENTITY_BOMB, OUTSIDE, TOO_MUCH

WORDS = "Some words of a text."
JAPANESE = "これは日本語の文章です。表と見出しがあります。"
FRENCH = "L’été dernier, à Besançon, où l’œuvre fut achevée."

SCRIPTS = f"""<!DOCTYPE html><title>T</title><script>alert(1)</script><p onclick="alert(1)">{WORDS}</p>
<a href="javascript:alert(1)">link</a><a href=" jAvAscript:alert(1)">link</a><iframe src="file:///etc/passwd"></iframe>
<svg onload=alert(1)><img src=x onerror=alert(1)><style>@import "http://127.0.0.1:9/"</style>
<meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/"><object data="file:///etc/passwd"></object>"""

INCLUDING = f"""Title
=====

{WORDS}

.. include:: /etc/passwd

.. csv-table:: passwords
   :file: /etc/passwd

.. raw:: html
   :file: /etc/passwd

.. literalinclude:: /etc/passwd

.. image:: http://127.0.0.1:9/a.png
"""

GIVEN_AWAY = "root:x:"
"""How /etc/passwd begins: no Markdown may have it."""


def text(content: str | Callable[[], str | bytes], kind: Kind, *outcomes: str, contains: str = "") -> Hostile:
    def make() -> bytes:
        made = content() if callable(content) else content
        return made.encode() if isinstance(made, str) else made

    return hostile(make, kind, *outcomes, contains=contains)


def html(tag: str, depth: int = 100_000) -> Callable[[], str]:
    return lambda: f"<p>{WORDS}</p>" + f"<{tag}>" * depth + "x" + f"</{tag}>" * depth


def spans(rows: int, columns: int) -> str:
    """A cell that claims to go over as many rows and columns."""
    cell = f'<td rowspan="{rows}" colspan="{columns}">x</td>'
    return f"<p>{WORDS}</p><table>" + f"<tr>{cell * 10}</tr>" * 100 + "</table>"


def attributes(count: int = 20_000) -> str:
    return f"<p {' '.join(f'a{number}=1' for number in range(count))}>{WORDS}</p>"


def xml(declared: str, content: str) -> str:
    return f'<?xml version="1.0"?>{declared}<x><p>{WORDS}</p><p>{content}</p></x>'


def quadratic() -> str:
    """One long entity, used often: harmless to those who only count how deep entities go."""
    return xml(f'<!DOCTYPE x [<!ENTITY a "{"a" * 100_000}">]>', "&a;" * 20_000)


def deep_json(opened: str, closed: str, depth: int) -> Callable[[], str]:
    return lambda: opened * depth + "1" + closed * depth


DAMAGED = ("malformed", "unknown_encoding")
MALFORMED = "malformed"

HTML = {
    "scripts": (SCRIPTS, (CONVERTED,)),
    **{f"deep {tag}": (html(tag), (CONVERTED, MALFORMED, *TOO_MUCH)) for tag in ("div", "b", "blockquote")},
    "deep lists": (html("ul><li", 20_000), (CONVERTED, MALFORMED, *TOO_MUCH)),
    "deep tables": (html("table><tr><td", 5_000), (CONVERTED, MALFORMED, *TOO_MUCH)),
    "cells over everything": (partial(spans, 65_534, 1_000), (CONVERTED, MALFORMED, *TOO_MUCH)),
    "20,000 attributes": (
        lambda: f"<p {' '.join(f'a{n}=1' for n in range(100_000))}>{WORDS}</p>",
        (CONVERTED, *TOO_MUCH),
    ),
    "never closed": (lambda: f"<p>{WORDS}</p>" + "<a href='" * 100_000, (CONVERTED, MALFORMED, *TOO_MUCH)),
    "a comment that never ends": (f"<p>{WORDS}</p><!--" + "-" * MIB, (CONVERTED, MALFORMED)),
    "nothing but tags": ("<html><body><div></div></body></html>", ("empty", "no_text")),
}

XML = {
    "an entity bomb": (xml(ENTITY_BOMB, "&l9;"), (MALFORMED,)),
    "an entity from outside": (xml(OUTSIDE, "&outside;"), (MALFORMED,)),
    "an entity used often": (quadratic, (MALFORMED,)),
    "a DTD from outside": (xml('<!DOCTYPE x SYSTEM "http://127.0.0.1:9/a.dtd">', "x"), (MALFORMED, CONVERTED)),
    "deep elements": (lambda: xml("", "<a>" * 100_000 + "x" + "</a>" * 100_000), (CONVERTED, MALFORMED, *TOO_MUCH)),
    "never closed": (lambda: "<a>" * 100_000, (MALFORMED,)),
    "an unknown encoding": (f'<?xml version="1.0" encoding="x-none"?><p>{WORDS}</p>', (*DAMAGED, CONVERTED)),
}

JSON = {
    "deep lists": (deep_json("[", "]", 1_000_000), (MALFORMED, "too_long")),
    "deep objects": (deep_json('{"a":', "}", 200_000), (MALFORMED, "too_long")),
    "a number of 1,000,000 digits": (lambda: f'{{"a": {"9" * 1_000_000}, "b": "{WORDS}"}}', (CONVERTED, MALFORMED)),
    "numbers beyond all": (f'{{"a": 1e999999, "b": NaN, "c": "{WORDS}"}}', (CONVERTED, MALFORMED)),
    "half a character": (f'{{"a": "\\ud800", "b": "{WORDS}"}}', (CONVERTED, MALFORMED)),
    "truncated": (f'{{"a": "{WORDS}", "b": [1, 2', (MALFORMED,)),
    "two in one": (f'{{"a": "{WORDS}"}}{{}}', (MALFORMED, CONVERTED)),
    "a key 200,000 times": (
        lambda: "{" + '"a": 1, ' * 200_000 + f'"a": "{WORDS}"}}',
        (CONVERTED, "too_long"),
    ),
}

JSONL = {
    "a line that is wrong": (f'{{"a": "{WORDS}"}}\n{{"a": \n{{"a": 2}}\n', (MALFORMED, CONVERTED)),
    "a deep line": (lambda: f'{{"a": "{WORDS}"}}\n' + "[" * 100_000 + "]" * 100_000, (MALFORMED, "too_long")),
    "each line with other keys": (
        lambda: "\n".join(json.dumps({"a": WORDS} | {f"k{n}_{m}": m for m in range(9)}) for n in range(3_000)),
        (CONVERTED, *TOO_MUCH),
    ),
}

RTF = {
    "deep groups": (
        lambda: "{\\rtf1 " + WORDS + "{" * 200_000 + "x" + "}" * 200_001,
        (CONVERTED, MALFORMED, *TOO_MUCH),
    ),
    "never closed": (f"{{\\rtf1 {WORDS}" + "{\\b " * 1000, (CONVERTED, MALFORMED)),
    "a claim of 2 GB": (f"{{\\rtf1 {WORDS}\\bin2147483647 x}}", (CONVERTED, MALFORMED, *TOO_MUCH)),
    "characters beyond all": (f"{{\\rtf1 {WORDS}\\u99999999999?\\u-70000?\\'zz}}", (CONVERTED, MALFORMED, *TOO_MUCH)),
    "truncated": ("{\\rtf1\\ansi {\\fonttbl{\\f0 He", (MALFORMED, "office_damaged", "empty", *TOO_MUCH)),
    "not RTF": (WORDS, (MALFORMED, "unsupported", CONVERTED)),
}

RST = {
    "files and addresses to include": (INCLUDING, (CONVERTED,)),
    "deep quotes": (
        lambda: WORDS + "\n\n" + "\n\n".join(" " * n + "x" for n in range(1, 1500)),
        (CONVERTED, MALFORMED, *TOO_MUCH),
    ),
    "a reference to itself": (f"{WORDS} a_\n\n.. _a: a_\n\n.. |b| replace:: |b|\n\n|b|\n", (CONVERTED,)),
    "emphasis that never ends": (lambda: f"{WORDS}\n\n" + "*a **b `c " * 2_000, (CONVERTED, *TOO_MUCH)),
}

TXT = {
    "empty": ("", ("empty",)),
    "white space": (" \n\t\n" * 1000, ("empty",)),
    "a mark of the order of bytes": (b"\xef\xbb\xbf".decode(), ("empty",)),
    "random bytes": (random_bytes, ("unknown_encoding", "unsupported")),
    "zeros": (partial(bytes, 100_000), ("unknown_encoding", "unsupported", "empty")),
    "an image by that name": (partial(bytes, b"\x89PNG\r\n\x1a\n" + bytes(500)), ("unknown_encoding", "unsupported")),
    "a line of 5 MiB": (lambda: WORDS + "x" * (5 * MIB), (CONVERTED, "too_long")),
    "marks of direction": (f"{WORDS}\u202e\u2066\u200b\ufeff", (CONVERTED,)),
}

ENCODED = {
    "UTF-16 without a mark": (f"{WORDS}\n" * 20, "utf-16-le", WORDS),
    "UTF-16, big end first": (f"{WORDS}\n" * 20, "utf-16-be", WORDS),
    "Shift-JIS": (f"{JAPANESE}\n" * 20, "shift_jis", JAPANESE),
    "Latin-1": (f"{FRENCH.replace('’', chr(39)).replace('œ', 'oe')}\n" * 20, "latin-1", "à Besançon"),
    "Windows' Western": (f"{FRENCH}\n" * 20, "cp1252", "l’œuvre"),
}

CSV = {
    "a quote that never ends": (lambda: f'a,b\n{WORDS},"' + "x,y\n" * 500_000, (CONVERTED, MALFORMED, "too_long")),
    "20,000 columns": (lambda: f"{WORDS}," + "x," * 20_000 + "\n" + "1," * 20_000, (CONVERTED, *TOO_MUCH)),
    "rows of all lengths": (lambda: f"{WORDS}\n" + "\n".join("x," * n for n in range(700)), (CONVERTED, *TOO_MUCH)),
    "formulas": (f"a,b\n{WORDS},\"=cmd|'/c calc'!A0\"\n@SUM(1),+1\n", (CONVERTED,)),
    "zeros between": (f"a,b\n{WORDS},\0\0\n", (CONVERTED, *DAMAGED)),
}

MARKDOWN = {
    "not UTF-8": (lambda: f"# {FRENCH}".encode("cp1252"), ("unknown_encoding",)),
    "deep quotes": (lambda: f"{WORDS}\n\n" + ">" * 50_000 + " x", (CONVERTED, MALFORMED, *TOO_MUCH)),
    "deep brackets": (lambda: f"{WORDS}\n\n" + "[" * 50_000 + "]" * 50_000, (CONVERTED, *TOO_MUCH)),
    "emphasis that never ends": (lambda: f"{WORDS}\n\n" + "*a **b _c " * 20_000, (CONVERTED, *TOO_MUCH)),
    "scripts": (f"{WORDS}\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1))\n", (CONVERTED,)),
    "white space": ("\n\n\n", ("empty",)),
}

SHORT_TEXT = (
    (Kind.HTML, HTML),
    (Kind.XML, XML),
    (Kind.JSON, JSON),
    (Kind.JSONL, JSONL),
    (Kind.RTF, RTF),
    (Kind.RST, RST),
    (Kind.TXT, TXT),
    (Kind.CSV, CSV),
    (Kind.MARKDOWN, MARKDOWN),
)

DOCUMENTS = {
    **{
        f"{kind}: {name}": text(content, kind, *outcomes, contains=WORDS.rstrip("."))
        for kind, documents in SHORT_TEXT
        for name, (content, outcomes) in documents.items()
    },
    **{
        f"txt: {name}": text(partial(content.encode, encoding), Kind.TXT, CONVERTED, contains=contains)
        for name, (content, encoding, contains) in ENCODED.items()
    },
}
