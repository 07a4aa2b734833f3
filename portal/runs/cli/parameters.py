"""Words of a command that stand for more than a text or a number."""

from __future__ import annotations

import click

from portal.runs.shapes import MOST_ROWS


class Cell(click.ParamType[tuple[str, str]]):
    """HEADER=VALUE. The first = ends the header; one that has that sign itself can't be written so."""

    name = "header=value"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        header, sign, text = value.partition("=")
        if not (header and sign):
            self.fail(f"{value!r} must be written as HEADER=VALUE.", param, ctx)
        return header, text


class RowNumbers(click.ParamType[list[int]]):
    """Numbers and ranges, as in 3,7-9: a list of numbers in order."""

    name = "rows"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> list[int]:
        found: set[int] = set()
        for part in value.split(","):
            first, dash, last = part.strip().partition("-")
            if not (_is_number(first) and _is_number(last if dash else first)):
                self.fail(f"{part!r} is no row: write numbers and ranges, as in 3,7-9.", param, ctx)
            numbers = range(int(first), int(last if dash else first) + 1)
            if len(found) + len(numbers) > MOST_ROWS:
                self.fail(f"At most {MOST_ROWS:,} rows can be named.", param, ctx)
            found.update(numbers)
        if not found:
            self.fail(f"{value!r} names no row.", param, ctx)
        return sorted(found)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and 0 < len(text) < 19 and int(text) > 0


CELL = Cell()
ROW_NUMBERS = RowNumbers()
