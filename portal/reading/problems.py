"""Reasons why a whole file can't be read, in an operator's words."""

from collections.abc import Sequence

from portal.reading.limits import HEADER_BYTES, MOST_COLUMNS, UNPACKED_BYTES


class UnreadableFile(Exception):
    """A file that isn't a table. `code` is stable, `message` and `fix` are for people."""

    def __init__(self, code: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix


class NotYetKnown(Exception):
    """What the file holds can't be told within the bytes and the time of a check: reading it will show."""


SAVE_AS_UTF8 = "In Excel choose Save as, CSV UTF-8, and upload that file."
EXPORT_AGAIN = "Export the file again, or take a smaller part of the table."


def no_table(code: str, what_it_is: str, fix: str) -> UnreadableFile:
    return UnreadableFile(code, f"This is {what_it_is}, not a table.", fix)


def other_format(what_it_is: str, wanted: str) -> UnreadableFile:
    return UnreadableFile(
        "other_format", f"This is {what_it_is}, but {wanted} is expected.", f"Upload {wanted}, or change what is set."
    )


def empty() -> UnreadableFile:
    return UnreadableFile("empty", "The file is empty.", "Check that the export finished, then upload the file again.")


def headers_only() -> UnreadableFile:
    return UnreadableFile(
        "headers_only",
        "The file has a header line but no rows below it.",
        "Check that the export included its rows, then upload the file again.",
    )


def no_rows() -> UnreadableFile:
    return UnreadableFile(
        "no_rows", "The file holds no row.", "Check that the export included its rows, then upload the file again."
    )


def not_a_table(reason: str) -> UnreadableFile:
    return UnreadableFile("not_a_table", reason, "Upload the table as a CSV file, saved as UTF-8.")


def other_encoding(name: str) -> UnreadableFile:
    return UnreadableFile(
        "other_encoding",
        f"The file isn't written in {name}.",
        "Leave the encoding to be found out, or set another one.",
    )


def unknown_encoding() -> UnreadableFile:
    return UnreadableFile(
        "encoding", "The file's text encoding can't be recognised.", f"Save it as UTF-8. {SAVE_AS_UTF8}"
    )


def utf32() -> UnreadableFile:
    return UnreadableFile(
        "encoding", "The file is UTF-32 text, which can't be read.", f"Save it as UTF-8. {SAVE_AS_UTF8}"
    )


def broken_header(reason: str) -> UnreadableFile:
    return UnreadableFile(
        "broken_header",
        f"The header line has a quotation mark {reason}.",
        "Put one quotation mark before and one after each column name, or none at all.",
    )


def no_header_row(number: int) -> UnreadableFile:
    return UnreadableFile(
        "no_header_row",
        f"Row {number}, where the headers should be, is empty or isn't there.",
        "Set the row of the headers, or put the headers into that row.",
    )


def unnamed_columns(positions: Sequence[int]) -> UnreadableFile:
    listed = ", ".join(map(str, positions[:20])) + (", …" if len(positions) > 20 else "")
    one = len(positions) == 1
    return UnreadableFile(
        "unnamed_column",
        f"Column {listed} has no name." if one else f"Columns {listed} have no name.",
        "Give it a name in the header line, or delete the column."
        if one
        else "Give each a name in the header line, or delete those columns.",
    )


def duplicate_headers(names: Sequence[str]) -> UnreadableFile:
    verb = "appears" if len(names) == 1 else "appear"
    return UnreadableFile(
        "duplicate_headers",
        f"{quoted(names)} {verb} more than once in the header line.",
        "Give every column a name of its own.",
    )


def too_many_columns() -> UnreadableFile:
    return UnreadableFile(
        "too_many_columns",
        f"The file has more columns than can be read: {MOST_COLUMNS:,} at most, whose names have "
        f"{HEADER_BYTES >> 20} MB of text together.",
        "Check the delimiter and the header, or take out the columns that aren't needed.",
    )


def too_large(what: str) -> UnreadableFile:
    return UnreadableFile(
        "too_large",
        f"The {what} holds far more than its size promises, or more than {UNPACKED_BYTES >> 30} GB.",
        "Unpack it, and upload the table in parts.",
    )


def damaged(what: str, reason: str) -> UnreadableFile:
    """`reason` is what the library says that gave up."""
    return UnreadableFile(
        "damaged", f"The {what} is damaged or cut off: {reason.rstrip('.')}.", "Export or copy the file again."
    )


def protected(what: str) -> UnreadableFile:
    return UnreadableFile(
        "protected", f"The {what} is protected by a password.", "Save it without one, and upload that file."
    )


def quoted(names: Sequence[str], most: int = 10) -> str:
    """The first of `names` for a sentence."""
    listed = ", ".join(f"“{name[:100]}”" for name in names[:most])
    return f"{listed} and {len(names) - most:,} more" if len(names) > most else listed


def nested(what_it_is: str) -> UnreadableFile:
    return UnreadableFile(
        "nested", f"Inside the compressed file is {what_it_is}.", "Unpack it, and upload the table inside."
    )
