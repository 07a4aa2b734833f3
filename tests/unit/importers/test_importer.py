"""Importers as classes: what they say of themselves, and what they may not say."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.importers import Importer, Integer, Lookup, OnDuplicate, Text
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


@pytest.mark.parametrize(
    ("columns", "settings", "problem"),
    [
        ({}, {}, "It has no columns."),
        ({"a": Text()}, {"key": "b"}, "Its key names b, which isn't a column."),
        (
            {"a": Text()},
            {"on_duplicate": "upsert", "key": "a"},
            "on_duplicate must be skip, update or fail, not 'upsert'.",
        ),
        ({"a": Text()}, {"on_duplicate": "skip"}, "Without a key nothing tells which rows to skip."),
        ({"a": Text(aliases=["x y"]), "b": Text(header="X_Y")}, {}, "The header X_Y leads to two columns, a and b."),
        ({"a": Text(pattern="[")}, {}, "The pattern of a is no regular expression"),
        ({"a": Text(pattern="(?=x)y")}, {}, "The pattern of a looks around or back"),
        ({"a": Text(pattern=r"(x)\1")}, {}, "The pattern of a looks around or back"),
        ({"_row": Text()}, {}, "_row can't be a column"),
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
