"""Importers as classes: what they say of themselves, and what they may not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.importers import (
    Children,
    Concat,
    Date,
    Group,
    Importer,
    Integer,
    Lookup,
    Lower,
    Many,
    MapValues,
    Number,
    OnDuplicate,
    Python,
    Replace,
    Rule,
    Text,
    Value,
)
from portal.importers.registry import load_importers


def test_a_class_becomes_its_definition() -> None:
    class SpareParts(Importer, table="parts", key=["shop", "sku"], on_duplicate="skip", null_values=["NA"]):
        """Parts."""

        shop = Text(default="main")
        sku = Text(header="SKU", aliases=["number"])
        note = Text(null_values=["-"])

    made = SpareParts.definition
    assert (made.slug, made.title, made.description, made.table) == ("spare-parts", "SpareParts", "Parts.", "parts")
    assert (made.key, made.on_duplicate) == (("shop", "sku"), OnDuplicate.SKIP)
    assert made.columns["sku"].headers == ("SKU", "sku", "number")
    assert [column.name for column in made.required_columns] == ["sku"], "the shop has a default"
    assert [made.missing_values(made.columns[name]) for name in ("sku", "note")] == [("NA",), ("-",)]


def test_the_defaults_are_the_careful_ones() -> None:
    made = type("Log", (Importer,), {"line": Text()}, table="log").definition
    assert (made.slug, made.key, made.on_duplicate, made.null_values) == ("log", (), OnDuplicate.FAIL, ())
    assert not made.required_columns


def test_columns_are_inherited_and_can_be_replaced() -> None:
    class Base(Importer, table="a"):
        one = Text()
        two = Text()

    class Child(Base, table="b"):
        two = Integer()
        three = Text()

    assert {name: column.type_name for name, column in Child.definition.columns.items()} == {
        "one": "text",
        "two": "integer",
        "three": "text",
    }
    assert list(Base.definition.columns) == ["one", "two"]


A = Text()
ADDRESS = type("Address", (), {"street": Text()})
CONTRADICTIONS = [
    ({"a": Text(computed=Value("b"))}, {}, "a is computed from b, which isn't a column."),
    ({"a": Text(computed=len)}, {}, "a is computed from no column"),
    ({"a": Text(required_if=Value("b") == 1)}, {}, "a is required because of b, which isn't a column."),
    ({"a": Text(used_if=Python(len, "b"))}, {}, "a is used because of b, which isn't a column."),
    ({"a": Text(computed=Value("b")), "b": Text(used_if=Value("a") > 1)}, {}, "in a circle: a needs b needs a."),
    ({"a": Text(computed=Value("a"))}, {}, "in a circle: a needs a."),
    ({"a": Text(computed=Value("b"), header="x"), "b": A}, {}, "a is computed, so no header can lead to it."),
    ({"a": Text(written=False)}, {"key": "a"}, "Its key names a, which isn't written to the table."),
    ({"a": Many(through="t")}, {"key": "a"}, "Its key names a, which holds several values."),
    ({"a": A, "r": Rule(Value("b") > 1, "No.")}, {}, "The rule r names b, which isn't a column."),
    ({"a": A, "r": Rule(Value("a") > 1, "No.", fields=["c"])}, {}, "The rule r names c, which isn't a column."),
    ({"a": A, "r": Rule(True, "No.")}, {}, "The rule r names no column."),
    ({"a": A, "r": Rule(Value("a") > 1, "No.", fields=["a"] * 60)}, {}, "its fields are too long"),
    ({"a": A, "r" * 31: Rule(Value("a") > 1, "No.")}, {}, "its fields are too long"),
    (
        {
            "a" * 60: Children(
                columns=type("C", (), {"x": Text(), "r" * 30: Rule(Value("x") > 1, "")}), table="t", link="l"
            )
        },
        {},
        "are too long: shorten it.",
    ),
    ({"a": Many(through="t"), "r": Rule(Value("a") > 1, "No.")}, {}, "The rule r names a, which holds several values."),
    ({"b_street": A, "b": Group(ADDRESS)}, {}, "The group b brings in b_street, which is a column already."),
    ({"a": Text(transform=str.upper)}, {}, "A step of transform in a is a method_descriptor, but must be one of Lower"),
    ({"a": Text(after=Lower())}, {}, "A step of after in a is a Lower, but must be one of Polars, Python."),
    ({"a": Text(transform=Python(len, "a"))}, {}, "a is changed by a function of other columns"),
    ({"a": Text(transform=Replace("["))}, {}, "The pattern to replace in a is no regular expression"),
    ({"a": Number(locale="xx")}, {}, "The locale of a isn't known: There is no locale xx."),
    ({"a": Text(messages={"lenght": "No."})}, {}, "a has a message for lenght, but its rules are required, type"),
    ({"a": Text(messages={"type": "{value}?"})}, {}, "The message of a for type names the {value}"),
    ({"a": Text(messages={"type": "{names}?"})}, {}, "has {names}, but only {field}, {wants}"),
    ({"a": Text(messages={"type": "{field:>9}"})}, {}, "has {field:>9}, but only"),
    ({"a": Text(messages={"type": "{"})}, {}, "has {{}, but only"),
    ({"a": A}, {"key": "a", "on_duplicate": "update_if_newer"}, "and newer_by"),
    ({"a": A, "b": Date()}, {"key": "a", "on_duplicate": "update", "newer_by": "b"}, "go together."),
    ({"a": A}, {"key": "a", "on_duplicate": "update_if_newer", "newer_by": "a"}, "must be a column with a date"),
    (
        {"a": A, "b": Date(written=False)},
        {"key": "a", "on_duplicate": "update_if_newer", "newer_by": "b"},
        "newer_by names b, which isn't written to the table.",
    ),
    ({"a": A, "b": A}, {}, "a and b are one column: write one for each."),
    ({"a": A, "b": Text()}, {"headers": ["b"], "key": "a"}, "Its headers leave out a, which each row needs."),
    ({"a": Children(columns=ADDRESS, table="t", link="l", after=Python(len))}, {}, "neither computed nor changed"),
    (
        {"a": Children(columns=type("C", (), {"x": Text(pattern="[")}), table="t", link="l")},
        {},
        "What a holds is wrong: C: The pattern of x is no regular expression",
    ),
    (
        {"a": Children(columns=type("C", (), {"x": Many(through="u")}), table="t", link="l")},
        {},
        "The rows of a hold rows themselves",
    ),
]


@pytest.mark.parametrize(
    ("columns", "settings", "problem"),
    [
        ({}, {}, "It has no columns."),
        ({"a": Text()}, {"key": "b"}, "Its key names b, which isn't a column."),
        (
            {"a": Text()},
            {"on_duplicate": "replace", "key": "a"},
            "on_duplicate must be skip, update, upsert, update_if_newer or fail, not 'replace'.",
        ),
        ({"a": Text()}, {"on_duplicate": "skip"}, "Without a key nothing tells which rows to skip."),
        ({"a": Text(aliases=["x y"]), "b": Text(header="X_Y")}, {}, "The header X_Y leads to two columns, a and b."),
        ({"a": Text(pattern="[")}, {}, "The pattern of a is no regular expression"),
        ({"a": Text(pattern="(?=x)y")}, {}, "The pattern of a looks around or back"),
        ({"a": Text(pattern=r"(x)\1")}, {}, "The pattern of a looks around or back"),
        ({"_row": Text()}, {}, "_row can't be a column"),
        *CONTRADICTIONS,
    ],
)
def test_a_class_that_contradicts_itself_says_so(columns, settings, problem) -> None:
    with pytest.raises(TypeError) as refused:
        type("Wrong", (Importer,), dict(columns), table="t", **settings)
    assert str(refused.value).startswith("Wrong: ")
    assert problem in str(refused.value)


def test_rules_are_told_in_words() -> None:
    column = Text(required=True, pattern="[A-Z]+", minimum=2, maximum=3, lookup=Lookup("airports", "faa"))
    assert column.rules == ["required", "matches [A-Z]+", "at least 2", "at most 3", "found in airports.faa"]


def test_what_is_done_to_a_column_is_told_in_words() -> None:
    column = Text(
        computed=Concat("a", "b", separator="-"),
        required_if=Value("a") == "x",
        used_if=Python(len, "b"),
        transform=[Lower(), MapValues({"r": "red"}), Replace("0+", "")],
        after=Python(lambda text: text),
        written=False,
    )
    assert column.rules == [
        "computed: a and b with “-” between",
        "required if a is “x”",
        "used only if by len from b",
        "changed first: in small letters",
        "changed first: r → red",
        "changed first: 0+ replaced by “”",
        "changed afterwards: by its author's function",
        "not written itself",
    ]
    assert column.headers == ()
    assert Number(locale="de").wants == "a number such as 1.234,5"
    assert Integer(locale="en_IN").wants == "a whole number such as 1,234"


def test_map_values_knows_two_ways_for_the_others() -> None:
    with pytest.raises(TypeError, match="otherwise must be keep or missing, not 'drop'"):
        MapValues({}, otherwise="drop")


def test_a_file_needs_what_a_needed_column_is_computed_from() -> None:
    class Lines(Importer, table="lines", key="code"):
        shop = Text(written=False)
        number = Integer(written=False, default=1)
        code = Text(computed=Concat("shop", "number"))
        other = Text(computed=Value("code"))

    assert [column.name for column in Lines.definition.required_columns] == ["shop"]
    assert [column.name for column in Lines.definition.file_columns] == ["shop", "number"]
    assert Lines.definition.dependents == ("code", "other")


class Address:
    street = Text(required=True)
    zip = Text(header="Postal code", aliases=["plz"])
    label = Text(computed=Concat("street", "zip", separator=", "), required_if=Value("zip") == "1")
    has_zip = Rule(Value("zip").is_not_null(), "No zip.", fix="Add it.")


def test_a_group_brings_in_columns_and_rules_with_a_prefix() -> None:
    class Person(Address):
        home = Group(Address)

    class Parcels(Importer, table="parcels"):
        code = Text()
        sender = Group(Address, prefix="from_")
        receiver = Group(Person)

    made = Parcels.definition
    assert list(made.columns) == [
        "code",
        "from_street",
        "from_zip",
        "from_label",
        *[f"receiver_{name}" for name in ("street", "zip", "label", "home_street", "home_zip", "home_label")],
    ]
    assert made.columns["from_zip"].headers == ("from_Postal code", "from_zip", "from_plz")
    assert str(made.columns["receiver_home_label"].computed).startswith("receiver_home_street and receiver_home_zip")
    assert str(made.columns["from_label"].required_if) == "from_zip is “1”"
    assert [(rule.name, rule.fields, rule.message, rule.fix) for rule in made.rules] == [
        ("from_has_zip", ("from_zip",), "No zip.", "Add it."),
        ("receiver_has_zip", ("receiver_zip",), "No zip.", "Add it."),
        ("receiver_home_has_zip", ("receiver_home_zip",), "No zip.", "Add it."),
    ]
    assert Address.zip.name == "zip", "the group's own columns stay as they are"


SHOP = """
from portal.importers import Importer, Text
class Shop(Importer, table="shops", key="name"):
    name = Text()
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop_importers.py"
    path.write_text(SHOP)
    return path


def test_importers_come_from_a_file(shop: Path) -> None:
    found = load_importers((str(shop),))
    assert found["shop"].table == "shops"
    assert {"airlines", "airports", "planes", "flights"} <= set(found), "the samples are there too"


def test_importers_come_from_a_module(shop: Path, monkeypatch) -> None:
    monkeypatch.syspath_prepend(str(shop.parent))
    assert load_importers(("shop_importers",))["shop"].key == ("name",)


def test_a_slug_that_comes_again_replaces_the_earlier_one(shop: Path) -> None:
    shop.write_text(SHOP.replace('table="shops"', 'table="mine", slug="flights"'))
    assert load_importers((str(shop),))["flights"].table == "mine"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "there is no file"),
        ("x = 1", "has no importers."),
        ("import not_there_at_all", "No module named 'not_there_at_all'"),
        ("def broken(:", "invalid syntax"),
        ("1 / 0", "division by zero"),
        (SHOP.replace('key="name"', 'key="nam"'), "Shop: Its key names nam"),
    ],
)
def test_what_can_not_be_loaded_is_named_with_the_reason(shop: Path, content, why) -> None:
    shop.unlink()
    if content is not None:
        shop.write_text(content)
    with pytest.raises(ValueError, match="PORTAL_IMPORTERS") as refused:
        load_importers((str(shop),))
    assert str(shop) in str(refused.value)
    assert why in str(refused.value)


def test_a_module_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match=r"PORTAL_IMPORTERS: no\.such\.module can't be loaded"):
        load_importers(("no.such.module",))
