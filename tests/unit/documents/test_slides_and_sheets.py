"""PPTX and XLSX to Markdown, and what goes by way of LibreOffice."""

from __future__ import annotations

import datetime
import io
from typing import Any

import openpyxl
import pytest

from portal.documents.kinds import Kind
from portal.documents.methods import Method
from portal.documents.office import pptx
from tests.support.documents import converted, failure_of, text_of

RTF = r"""{\rtf1\ansi{\stylesheet{\s1 heading 1;}}\pard\s1\outlinelevel0 Heading\par
\pard With {\b bold} and \'e4.\par
\trowd\cellx3000\cellx6000 a\cell b\cell\row\trowd\cellx3000\cellx6000 c\cell d\cell\row}"""


def workbook(**sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "paragraph", "content": [{"type": "text", "text": words}], **more}


def box(words: str, x: int, y: int) -> dict[str, Any]:
    return {"type": "text_box", "content": [text(words)], "x_emu": x, "y_emu": y}


def test_sheets_are_headings_with_tables():
    content = workbook(People=[["Name", "Born"], ["A|B", datetime.date(2001, 2, 3)]], Empty=[], More=[["x"], [1.5]])
    people = "## People\n\n| Name | Born |\n| --- | --- |\n| A\\|B | 2001-02-03 |\n"
    assert text_of(content, Kind.XLSX) == f"{people}\n## More\n\n| x |\n| --- |\n| 1.5 |\n"


def test_rows_without_anything_go():
    content = workbook(S=[[None, None], ["a", "b"], *[[None, None]] * 50, ["c", None]])
    assert text_of(content, Kind.XLSX) == "## S\n\n| a | b |\n| --- | --- |\n| c |  |\n"


def test_a_note_far_to_the_right_makes_no_thousand_columns():
    content = workbook(S=[["a", *[None] * 5000, "far"], ["b"]])
    assert text_of(content, Kind.XLSX) == "## S\n\n| a | far |\n| --- | --- |\n| b |  |\n"


@pytest.mark.parametrize(
    ("value", "code", "expected"),
    [
        (0.4375, "h:mm", "10:30"),
        (0.75 + 1 / 86_400, "h:mm:ss AM/PM", "6:00:01 PM"),
        (0.0, "hh:mm AM/PM", "12:00 AM"),
        (1.5, "[h]:mm:ss", "36:00:00"),
        (45_000.25, "[$-409]hh:mm;@", "06:00"),
        (12.342 / 86_400, "mm:ss.00", "00:12.34"),
        (0.5, "0.00", "0.50"),
        (0.5, '0.0" hours"', "0.5 hours"),
    ],
)
def test_times_are_shown_as_excel_does(value: float, code: str, expected: str):
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["When", "Words"])
    sheet.append([value, "0.4375"])
    sheet["A2"].number_format = code
    assert f"| {expected} | 0.4375 |" in text_of(saved(book), Kind.XLSX)


def test_hidden_sheets_are_left_out_and_named():
    book = openpyxl.Workbook()
    book.worksheets[0].append(["seen"])
    book.create_sheet("Old & gone").append(["unseen"])
    book["Old & gone"].sheet_state = "hidden"
    made = converted(saved(book), Kind.XLSX)
    assert made.text == "## Sheet\n\n| seen |\n| --- |\n"
    assert made.notes == ["The sheet “Old & gone” is hidden, so it was left out."]


def test_a_workbook_without_values_is_empty():
    assert failure_of(workbook(S=[]), Kind.XLSX) == "empty"


def test_a_workbook_that_is_none_is_damaged():
    assert failure_of(b"PK\x03\x04 and then nothing", Kind.XLSX) == "office_damaged"


def test_slides_are_read_from_top_left_to_bottom_right():
    elements = [box("low", 0, 900_000), box("right", 500_000, 10_000), box("left", 0, 90_000), text("in its place")]
    heading = {"type": "heading", "level": 2, "content": [{"type": "text", "text": "Title"}]}
    made = pptx.of_slides([{"elements": [*elements, heading]}])
    assert made.text.split("\n\n") == ["## Title", "in its place", "left", "right", "low"]
    assert made.pages == 1


def test_what_is_on_each_slide_goes_and_notes_stay():
    slide = {"elements": [text("Words"), text("7", placeholder_role="sldNum")], "speaker_notes": [text("Say hello.")]}
    assert pptx.of_slides([slide]).text == "Words\n\n> Notes:\n>\n> Say hello."


def test_rtf_keeps_headings_emphasis_and_tables():
    made = text_of(RTF, Kind.RTF)
    assert made == "# Heading\n\nWith **bold** and ä.\n\n| a | b |\n| --- | --- |\n| c | d |\n"


@pytest.mark.parametrize("content", ["no RTF at all", "{\\rtf1 " + "{" * 600 + "x" + "}" * 600 + "}"])
def test_rtf_that_is_none_is_malformed(content: str):
    assert failure_of(content, Kind.RTF) == "malformed"


@pytest.mark.parametrize(
    ("kind", "content"), [(Kind.RTF, RTF.encode()), (Kind.PPT, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))]
)
def test_without_libreoffice_that_is_said(kind: Kind, content: bytes, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert failure_of(content, kind, Method.ACCURACY) == "converter_missing"


@pytest.mark.parametrize("kind", [Kind.DOC, Kind.PPT])
def test_what_is_not_of_the_old_kinds_is_damaged(kind: Kind):
    assert failure_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1200), kind) == "office_damaged"
