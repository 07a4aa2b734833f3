"""Reasons why a whole file can't be read, in an operator's words."""


class UnreadableFile(Exception):
    """A file that isn't a table of text. `code` is stable, `message` and `fix` are for people."""

    def __init__(self, code: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix


SAVE_AS_UTF8 = "In Excel choose Save as, CSV UTF-8, and upload that file."


def not_a_csv(code: str, what_it_is: str, fix: str) -> UnreadableFile:
    return UnreadableFile(code, f"This is {what_it_is}, not a CSV file.", fix)


def empty() -> UnreadableFile:
    return UnreadableFile("empty", "The file is empty.", "Check that the export finished, then upload the file again.")


def headers_only() -> UnreadableFile:
    return UnreadableFile(
        "headers_only",
        "The file has a header line but no rows below it.",
        "Check that the export included its rows, then upload the file again.",
    )


def not_a_table(reason: str) -> UnreadableFile:
    return UnreadableFile("not_a_table", reason, "Upload the table as a CSV file, saved as UTF-8.")


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


def unnamed_columns(positions: list[int]) -> UnreadableFile:
    listed = ", ".join(map(str, positions))
    one = len(positions) == 1
    return UnreadableFile(
        "unnamed_column",
        f"Column {listed} has no name." if one else f"Columns {listed} have no name.",
        "Give it a name in the header line, or delete the column."
        if one
        else "Give each a name in the header line, or delete those columns.",
    )


def duplicate_headers(names: list[str]) -> UnreadableFile:
    listed = ", ".join(f"“{name}”" for name in names)
    verb = "appears" if len(names) == 1 else "appear"
    return UnreadableFile(
        "duplicate_headers",
        f"{listed} {verb} more than once in the header line.",
        "Give every column a name of its own.",
    )
