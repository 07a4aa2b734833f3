"""What has to be known of a file to read it, whatever its format."""

from typing import Protocol


class Layout(Protocol):
    """`headers` are the names of the columns, none empty and none twice; `text` describes the file in words."""

    @property
    def headers(self) -> tuple[str, ...]: ...

    @property
    def text(self) -> str: ...


def columns_text(headers: tuple[str, ...]) -> str:
    return "1 column" if len(headers) == 1 else f"{len(headers):,} columns"
