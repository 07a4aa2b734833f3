"""JSON documents and JSON Lines."""

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.importers import Format, Json, JsonLines
from portal.reading import Malformed, UnreadableFile, inspect, read
from portal.reading.jsontext.elements import Row, array_elements
from portal.reading.jsontext.text import Text


def table(data: bytes | str, format: Format | None = None) -> tuple[list[tuple[str, ...]], list[Malformed]]:
    """Headers and rows, and what is malformed."""
    source = io.BytesIO(data.encode() if isinstance(data, str) else data)
    layout = inspect(source, format)
    pieces = list(read(source, layout, piece_bytes=64))
    assert sorted(
        [number for piece in pieces for number in piece.row_numbers]
        + [line.row_number for piece in pieces for line in piece.malformed]
    ) == list(range(1, sum(piece.rows.height + len(piece.malformed) for piece in pieces) + 1))
    rows = [row for piece in pieces for row in piece.rows.rows()]
    return [layout.headers, *rows], [line for piece in pieces for line in piece.malformed]


def refusal(data: str, format: Format | None = None) -> str:
    with pytest.raises(UnreadableFile) as caught:
        inspect(io.BytesIO(data.encode()), format)
    assert caught.value.fix.endswith(".")
    return caught.value.message


def test_numbers_stay_as_they_are_written() -> None:
    numbers = ["1.10", "-0", "1e5", "1E+5", "0.1000000000000000055511151231257827", "9" * 5000]
    rows, _ = table("[" + ",".join(f'{{"n": {number}}}' for number in numbers) + "]")
    assert [row[0] for row in rows[1:]] == numbers


def test_other_values() -> None:
    rows, _ = table('[{"a": true, "b": false, "c": null, "d": "", "e": {}, "f": [], "g": "Zürich \\ud83d\\ude00"}]')
    assert rows == [("a", "b", "c", "d", "e", "f", "g"), ("true", "false", "", "", "", "[]", "Zürich 😀")]


def test_objects_become_dotted_headers_and_arrays_stay_json() -> None:
    rows, _ = table('[{"id": 1, "to": {"city": "Bonn", "geo": {"x": 1.50}}, "tags": [ "a", {"b": 1.10, "c": null} ]}]')
    assert rows == [("id", "to.city", "to.geo.x", "tags"), ("1", "Bonn", "1.50", '["a",{"b":1.10,"c":null}]')]


def test_deep_leftovers_stay_json() -> None:
    deep = '{"a":' * 40 + "1.0" + "}" * 40
    rows, _ = table(f"[{deep}]")
    assert rows == [(".".join("a" * 32),), ('{"a":' * 8 + "1.0" + "}" * 8,)]


def test_headers_are_all_names_in_order_of_first_appearance() -> None:
    rows, _ = table('{"b": 1}\n\n{"a": 2, "b": 3}\n{"c": 4}\n{}\n')
    assert rows == [("b", "a", "c"), ("1", "", ""), ("3", "2", ""), ("", "", "4"), ("", "", "")]


def test_lines_that_are_no_objects_fail_alone() -> None:
    data = (
        '{"a": 1}\n[1]\n{"a": \n\n{"a": 1, "a": 2}\n{"": 1}\n{"a": NaN}\n{"a": "\\ud800"}\n{"a.b": 1, "a": {"b": 2}}\n7'
    )
    rows, malformed = table(data)
    assert rows == [("a",), ("1",)]
    assert [line.message for line in malformed] == [
        "Line 2 isn't an object in braces.",
        "Line 3 isn't valid JSON: Expecting value at its character 6.",
        "Line 5 has the name “a” twice.",
        "Line 6 has a value without a name.",
        "Line 7 isn't valid JSON: NaN is no number there.",
        "Line 8 holds characters that aren't valid text.",
        "Line 9 has the name “a.b” twice.",
        "Line 10 isn't an object in braces.",
    ]
    assert (malformed[0].row_number, malformed[0].line_number, malformed[0].raw) == (2, 2, "[1]")


def test_bytes_that_are_no_text_fail_alone() -> None:
    data = b'{"a": "\xff"}\n' + '{"a": "é"}\n{"a": "ö"}\n'.encode()
    rows, malformed = table(data)
    assert rows == [("a",), ("é",), ("ö",)]
    assert malformed[0].message == "Line 1 holds characters that aren't valid text."


def test_elements_that_are_no_objects_fail_alone() -> None:
    rows, malformed = table('[{"a": 1}, 5, {"a": oops}, "x, ]", [{"a": 1}], {"a": 2}]')
    assert rows == [("a",), ("1",), ("2",)]
    assert [line.message for line in malformed] == [
        "Element 2 isn't an object in braces.",
        "Element 3 isn't valid JSON: Expecting value at its character 7.",
        "Element 4 isn't an object in braces.",
        "Element 5 isn't an object in braces.",
    ]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ('[{"a": 1}, {"a": 2', "at element 2, near character 12: the file ends inside it"),
        ('[{"a": 1}, {"a": "2}]', "at element 2, near character 12: the file ends inside it"),
        ('[{"a": 1}', "at element 1, near character 10: the file ends there"),
        ('[{"a": 1},', "at element 1, near character 11: the array isn't closed"),
        ('[{"a": 1},]', "at element 1, near character 11: a comma stands behind the last one"),
        ('[{"a": 1} {"a": 2}]', "at element 1, near character 11: a comma is missing behind it"),
        ('[{"a": 1}, {"a": [1}, {"a": 2}]', "at element 2, near character 12: a bracket is closed by “}” that was"),
        ('[{"a": 1}] [{"a": 2}]', "at element 1, near character 12: there is text behind the end of the array"),
    ],
)
def test_an_array_that_is_broken_as_a_whole_is_refused_before_its_first_row(data: str, reason: str) -> None:
    assert refusal(data).startswith(f"The JSON array is broken {reason}")


def test_the_only_array_of_objects_is_found() -> None:
    data = '{"count": 2, "tags": ["x"], "none": [], "rows": [{"a": 1}, {"a": 2}], "next": {"rows": [{"b": 3}]}}'
    assert table(data)[0] == [("a",), ("1",), ("2",)]
    assert table(json.dumps(json.loads(data), indent=2))[0] == [("a",), ("1",), ("2",)]


@pytest.mark.parametrize(
    ("pointer", "value"),
    [("/data/rows", "1"), ("/data/other~1name/0", "2"), ("/data/~0/1", "3"), ("/list/2/x", "4"), ("/", "5")],
)
def test_a_pointer_leads_to_the_array(pointer: str, value: str) -> None:
    data = (
        '{"data": {"rows": [{"a": 1}], "other/name": [[{"a": 2}]], "~": ["]", [{"a": 3}]]},'
        ' "list": [1, [], {"x": [{"a": 4}]}], "": [{"a": 5}]}'
    )
    assert table(data, Json(pointer))[0] == [("a",), (value,)]


@pytest.mark.parametrize(
    ("data", "pointer", "message"),
    [
        ('{"a": 1\n}', None, "The JSON document holds no array of objects at its top level."),
        (
            '{"a": [{"x": 1}],\n"b": [{"x": 1}]}',
            None,
            "The JSON document holds several arrays of objects at its top level: “a”, “b”.",
        ),
        ('{"a": {}}', "/b/c", "The JSON document has no “b” where the pointer asks for it."),
        ("[[1]]", "/1", "The JSON document has no “1” where the pointer asks for it."),
        ('{"a": 1}', "/a", "The JSON document has no array at “/a”."),
        ('{"a": 1}', "", "The JSON document has no array at its beginning."),
        (
            '{"a": 1, b: 2}',
            "/c",
            "The JSON document is broken before its array: a name stands without quotation marks.",
        ),
        ("{" + '"a": "x', "/c", "The JSON document is broken before its array: the file ends inside a value."),
        ("[]", None, "The file holds no row."),
        ("[1, 2]", None, "The file holds no row. Element 1 isn't an object in braces."),
    ],
)
def test_documents_without_rows(data: str, pointer: str | None, message: str) -> None:
    assert refusal(data, Json(pointer)) == message


def test_one_object_on_a_line_is_a_row_unless_it_holds_rows() -> None:
    assert table('{"a": 1, "b": [1]}\n')[0] == [("a", "b"), ("1", "[1]")]
    assert table('{"a": 1, "b": [{"c": 2}]}\n')[0] == [("c",), ("2",)]
    assert table('{"a": 1, "b": [{"c": 2}]}\n', JsonLines())[0] == [("a", "b"), ("1", '[{"c":2}]')]


def test_other_encodings_of_json() -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        assert table('[{"ä": "€"}]'.encode(encoding))[0] == [("ä",), ("€",)]


def test_an_element_with_too_many_values_fails_alone() -> None:
    many = "[" + ",".join(["{}"] * 300_000) + "]"
    rows, malformed = table(f'[{{"a": {many}}}, {{"a": 1}}]')
    assert rows == [("a",), ("1",)]
    assert malformed[0].message == "Element 1 holds more than 250,000 values."
    assert table(f'{{"a": {many}}}\n{{"a": 1}}')[1][0].message == "Line 1 holds more than 250,000 values."


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(values, max_size=8),
    st.sampled_from([None, 1]),
    st.booleans(),
    st.integers(1, 7),
)
def test_elements_do_not_depend_on_where_chunks_end(
    elements: list[object], indent: int | None, ascii_only: bool, size: int
) -> None:
    text = json.dumps(elements, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    chunks = [text[start : start + size] for start in range(0, len(text), size)]
    cut, whole = (list(array_elements(Text(iter(parts)), None)) for parts in (chunks, [text]))
    assert cut == whole
    assert len(whole) == len(elements)
    assert all(
        isinstance(element, dict) for element, found in zip(elements, whole, strict=True) if isinstance(found, Row)
    )
