"""Drafts of importers: whatever the headers and values, the file that is written loads, is pretty, and takes them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.importers import URL, Choice, Email, Integer, Json, Lookup, Text, Workbook, load_importers
from portal.importers.drafting.choices import choices_by_column, text_default
from portal.importers.drafting.draft import ColumnDraft, Draft
from portal.importers.drafting.guessing import guess, null_words
from portal.importers.drafting.matching import of_file
from portal.importers.drafting.naming import attribute, class_name, is_attribute, snake
from portal.importers.drafting.python import quoted, source_of
from portal.importers.drafting.sample_files import Sample
from portal.runs.engine.mapping import map_headers

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=120)
HEADERS = st.lists(TEXTS.filter(str.strip), min_size=1, max_size=6, unique=True)
CELLS = st.sampled_from(["", "NA", "1", "007", "1.50", "2026-11-21", "3/4/2026", "yes", "no", "a@b.nl", "x", "“ü”"])


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (["1", "-20"], "Integer()"),
        (["9223372036854775807"], "Integer()"),
        (["92233720368547758070"], "Text()"),
        (["007", "12"], "Text()"),
        (["+31612345678"], "Text()"),
        (["1.50", "22.95"], "Decimal(places=2)"),
        (["1.5", "22.95", "3"], "Number()"),
        (["1.5e-07", "2"], "Number()"),
        (["1,234.50", "7"], "Number(locale='en')"),
        (["1.234,50", "7,1"], "Number(locale='de')"),
        (["yes", "No"], "Boolean()"),
        (["n"], "Text()"),
        (["0", "1"], "Integer()"),
        (["2026-11-21"], "Date()"),
        (["21.11.2026", "1.2.2026"], "Date(formats=['%d.%m.%Y'])"),
        (["21.11.26"], "Date(formats=['%d.%m.%y'])"),
        (["12/31/2026", "01/02/2026"], "Date(formats=['%m/%d/%Y'])"),
        (["31/12/2026", "01/02/2026"], "Date(formats=['%d/%m/%Y'])"),
        (["3 Nov 2026"], "Date(formats=['%d %b %Y'])"),
        (["2026-11-21T10:00:00Z", "2026-11-21 10:00"], "DateTime()"),
        (["21.11.2026 10:00"], "DateTime(formats=['%d.%m.%Y %H:%M'])"),
        (["ann@example.com"], "Email()"),
        (["https://example.com/a"], "URL()"),
        (["red", "green"] * 10, "Choice(choices=['green', 'red'])"),
        (["red", "green"], "Text()"),
        ([], "Text()"),
        (["some", "1"], "Text()"),
    ],
)
def test_kinds_are_guessed_by_their_values(texts: list[str], kind: str) -> None:
    guessed = guess(pl.Series(texts, dtype=pl.String))
    settings_in_words = ", ".join(f"{name}={value!r}" for name, value in guessed.settings.items())
    assert f"{guessed.kind.__name__}({settings_in_words})" == kind


@pytest.mark.parametrize(
    ("texts", "comment"),
    [
        (["3/4/2026"], 'The sample fits Date(formats=["%m/%d/%Y"]) too.'),
        (["1,234"], 'The sample fits Number(locale="de") too.'),
        (["3/3/2026"], ""),
        (["1,234", "1,234.5"], ""),
        (["1.234,5"], ""),
    ],
)
def test_what_can_be_read_in_two_ways_is_said(texts: list[str], comment: str) -> None:
    assert guess(pl.Series(texts)).comment == comment


def test_words_for_nothing_are_found_where_they_can_belong_to_nothing_else() -> None:
    rows = pl.DataFrame({"year": ["1999", "NA"], "name": ["NULL", "Ann"], "land": ["NA", "NL"]})
    assert null_words(rows) == ["NA"]
    assert null_words(rows.drop("year")) == []


@pytest.mark.parametrize(
    ("name", "found"),
    [("Members", "Members"), ("order-lines", "OrderLines"), ("order lines 2", "OrderLines2"), ("größen", "Größen")],
)
def test_names_of_classes(name: str, found: str) -> None:
    assert class_name(name) == found


@pytest.mark.parametrize("name", ["", "2nd", "!!", "Text", "Importer"])
def test_names_that_no_class_can_have(name: str) -> None:
    with pytest.raises(ValueError, match=r"called so|the portal.s own"):
        class_name(name)


def test_names_of_files_and_columns() -> None:
    assert [snake(name) for name in ("OrderLines", "URLList", "HTTPLog", "Members2")] == [
        "order_lines",
        "url_list",
        "http_log",
        "members2",
    ]
    headers = ["Tail number", "2nd try", "class", "!!", "address.city", "Größe (m)", "_id", "URL"]
    assert [attribute(header, place) for place, header in enumerate(headers, 1)] == [
        "tail_number",
        "column_2nd_try",
        "class_",
        "column_4",
        "address_city",
        "größe_m",
        "id",
        "url",
    ]
    assert not any(map(is_attribute, ["_id", "order number", "class", "Text", "ﬁx"]))


@pytest.mark.parametrize(
    ("check", "choices"),
    [
        ("colour IN ('red', 'green')", ["red", "green"]),
        ("\"colour\" in ('it''s', 'a, b')", ["it's", "a, b"]),
        (
            "((colour)::text = ANY ((ARRAY['red'::character varying, 'green'::character varying])::text[]))",
            ["red", "green"],
        ),
        ("(colour = ANY (ARRAY['red'::text, 'green'::text]))", ["red", "green"]),
        ("colour IN ('red') OR size > 3", None),
        ("colour NOT IN ('red')", None),
        ("size IN (1, 2)", None),
        ("length(colour) < 3", None),
    ],
)
def test_choices_are_read_from_checks(check: str, choices: list[str] | None) -> None:
    assert choices_by_column([check]).get("colour") == choices


def test_texts_are_read_from_defaults() -> None:
    defaults = ["'it''s'", "'a'::character varying", "now()", "1", "'a' || 'b'"]
    assert [text_default(default) for default in defaults] == ["it's", "a", None, None, None]


@given(TEXTS)
def test_texts_are_quoted_so_that_python_reads_them(text: str) -> None:
    assert eval(quoted(text)) == text  # noqa: S307 - that is what is tested


@settings(deadline=None, max_examples=30)  # a busy machine is no failure
@given(st.data(), HEADERS)
def test_whatever_the_headers_the_importer_loads_and_takes_them(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, headers: list[str]
) -> None:
    columns = data.draw(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=len(headers), max_size=len(headers)))
    rows = pl.DataFrame([pl.Series(header, texts) for header, texts in zip(headers, columns, strict=True)])
    matched = of_file(Sample("sample.csv", rows))
    source = source_of(Draft("Made", "made", False, matched.columns, matched.key, matched.null_values))
    path = tmp_path_factory.mktemp("drafts") / "made.py"
    path.write_text(source)
    definition = load_importers((str(path),))["made"]
    assert set(definition.columns) == {column.name for column in matched.columns}
    mapping = map_headers(headers, definition)
    assert not mapping.missing
    assert len(mapping.columns) == len(matched.columns)
    assert len(matched.left_out) == len(headers) - len(matched.columns)


WIDE = Draft(
    class_name="Wide",
    table='wi"de\\',
    table_exists=True,
    columns=(
        ColumnDraft("a", Text, {"header": "A " * 60, "required": True}),
        ColumnDraft("colour", Choice, {"choices": ["it's", 'say "so"', "b\n\t", "größe" * 5, "x" * 90]}),
        ColumnDraft(
            "b" * 60, Integer, {"lookup": Lookup("others" * 9, "code" * 9), "default": -1}, "Look at it. " * 20
        ),
        ColumnDraft("mail", Email, {"required": True}),
        ColumnDraft("site", URL, {}),
        ColumnDraft("c", Text, {"lookup": Lookup("others")}),
    ),
    key=("a", "colour"),
    null_values=("NA", "\\N"),
    database="shop",
    format=Workbook(header_row=3),
    left_out=("The table's column\n_x is left out: why not.",),
)


@pytest.mark.parametrize("draft", [WIDE, Draft("Small", "small", False, (ColumnDraft("a", Text, {}),), format=Json())])
@pytest.mark.parametrize("width", ["88", "120"])
def test_formatters_and_linters_leave_the_file_alone(tmp_path: Path, draft: Draft, width: str) -> None:
    path = tmp_path / "drafted.py"
    path.write_text(source_of(draft))
    settings_of_ruff = ["--isolated", "--no-cache", f"--config=line-length={width}", str(path)]
    for command in (["format", "--diff"], ["check", "--select=F,I,UP,E1,E2,E3,E7,W"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *settings_of_ruff], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + path.read_text()


def test_all_of_a_draft_is_in_the_class(tmp_path: Path) -> None:
    path = tmp_path / "drafted.py"
    path.write_text(source_of(WIDE))
    definition = load_importers((str(path),))["wide"]
    assert (definition.table, definition.key, definition.null_values) == ('wi"de\\', ("a", "colour"), ("NA", "\\N"))
    assert (definition.database, definition.format) == ("shop", Workbook(header_row=3))
    assert list(definition.columns["colour"].choices) == WIDE.columns[1].settings["choices"]  # type: ignore[attr-defined]
    assert definition.columns["b" * 60].lookup == Lookup("others" * 9, "code" * 9)
    assert "# The table's column _x is left out: why not." in path.read_text()
