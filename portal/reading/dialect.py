"""How one file is written."""

from dataclasses import dataclass

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "cp1252": "Windows-1252",
}


@dataclass(frozen=True)
class Dialect:
    """What has to be known to read a file.

    `header_bytes` counts the bytes before the first record once the text is UTF-8 without a byte
    order mark; `header_lines` counts the physical lines among them.
    """

    delimiter: str
    encoding: str
    newline: str
    headers: tuple[str, ...]
    header_bytes: int
    header_lines: int = 1

    @property
    def text(self) -> str:
        columns = "1 column" if len(self.headers) == 1 else f"{len(self.headers):,} columns"
        return f"CSV, {self.encoding_name}, {DELIMITERS[self.delimiter]}, {columns}"

    @property
    def encoding_name(self) -> str:
        return ENCODINGS[self.encoding]

    @property
    def blanks(self) -> bytes:
        """White space that doesn't keep a line from being blank. A tab that parts fields does."""
        return b" " if self.delimiter == "\t" else b" \t"
