"""How one file is written."""

from dataclasses import dataclass
from functools import cached_property

from portal.reading.layouts import columns_text

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
}

QUOTE = '"'


@dataclass(frozen=True)
class Dialect:
    """What has to be known to read a file.

    `header_bytes` counts the bytes before the first record once the text is UTF-8 without a byte
    order mark; `header_lines` counts the physical lines among them. `quote` is "" where none is one.
    """

    delimiter: str
    encoding: str
    newline: str
    headers: tuple[str, ...]
    header_bytes: int
    header_lines: int = 1
    quote: str = QUOTE

    @property
    def text(self) -> str:
        return f"CSV, {self.encoding_name}, {self.delimiter_name}, {columns_text(self.headers)}"

    @property
    def encoding_name(self) -> str:
        return ENCODINGS.get(self.encoding, self.encoding)

    @property
    def delimiter_name(self) -> str:
        return DELIMITERS.get(self.delimiter, f"“{self.delimiter}”")

    @cached_property
    def blanks(self) -> bytes:
        """White space that doesn't keep a line from being blank. A tab that parts fields does."""
        return b" \t".replace(self.delimiter.encode(), b"")
