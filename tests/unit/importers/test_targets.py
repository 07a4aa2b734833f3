"""What an importer says of other tables: which it needs, what is wrong with it, how it is told."""

from __future__ import annotations

from typing import Any

import pytest

from portal.importers import Children, Group, Importer, Integer, Lookup, Many, TableBy, Text, Value
from portal.importers.targets import tables_in_use
from tests.support.rows import definition_of

CODE = Text()
ITEM = type("Item", (), {"sku": Text(lookup=Lookup("goods"))})


def test_all_tables_are_known_with_what_is_done_to_them() -> None:
    definition = definition_of(
        {
            "code": CODE,
            "country": Text(lookup=Lookup("countries")),
            "tags": Many(lookup=Lookup("tags", "name"), through="links"),
            "items": Children(columns=ITEM, table="items"),
        },
        key="code",
        table_by=TableBy("country", {"DE": "t_de", "AT": "t_at", "CH": "t"}),
    )
    assert tables_in_use(definition) == {
        "countries": "looks into",
        "tags": "looks into",
        "goods": "looks into",
        "t": "writes to",
        "t_de": "writes to",
        "t_at": "writes to",
        "links": "writes to",
        "items": "writes to",
    }


@pytest.mark.parametrize(
    ("members", "key", "told"),
    [
        ({"a": Text(lookup=Lookup("t", create={"x": 1}))}, (), "says what to create, but not create_missing=True."),
        ({"a": Text(lookup=Lookup("t", create_missing=True, create={"a": 1}))}, (), "leave it out of create."),
        (
            {"a": Text(lookup=Lookup("t", create_missing=True, create={"x": Value("b")}))},
            (),
            "The look-up of a creates rows from b, which isn't a column with a value.",
        ),
        ({"a": Many(through="t")}, (), "Without a key nothing tells which row the a belong to."),
        ({"a": Children(columns=ITEM, table="t")}, (), "Without a key nothing tells which row the a belong to."),
        ({"c": CODE, "a": Many(through="t", own=["x", "y"])}, ("c",), "a must have one column for each that refers"),
        ({"c": CODE, "a": Children(columns=ITEM, table="t", refers_to=["x", "y"], link="z")}, ("c",), "row: x, y."),
    ],
)
def test_an_importer_that_contradicts_itself_says_so(members: dict[str, Any], key: tuple[str, ...], told: str) -> None:
    with pytest.raises(TypeError, match=told.replace(".", r"\.")):
        definition_of(members, key=key)


@pytest.mark.parametrize(
    ("table_by", "told"),
    [
        (TableBy("b", {"x": "t"}), "table_by names b, which isn't a column with a value"),
        (TableBy("code", {}), "table_by names no tables"),
    ],
)
def test_tables_by_value_need_a_column_and_tables(table_by: TableBy, told: str) -> None:
    with pytest.raises(TypeError, match=told):
        definition_of({"code": Text()}, table_by=table_by)


def test_what_links_refer_to_is_the_key_unless_it_is_said() -> None:
    key = ("shop", "number")
    assert Many(through="t").references(key) == (key, key)
    assert Children(columns=ITEM, table="t", link=["s", "n"]).references(key) == (("s", "n"), key)
    assert Many(through="t", own="parcel_id", refers_to="id").references(key) == (("parcel_id",), ("id",))


def test_a_lookup_is_told_in_words() -> None:
    column = Text(lookup=Lookup("carriers", "code", returns="id", create_missing=True))
    assert column.rules == ["found in carriers.code, added there if missing, written as its id"]


def test_a_group_takes_the_columns_that_its_lookups_create_from_along() -> None:
    class Place:
        city = Text(lookup=Lookup("cities", "name", create_missing=True, create={"zip": Value("zip"), "by": "file"}))
        zip = Text(written=False)

    class Routes(Importer, table="routes"):
        number = Integer()
        start = Group(Place)

    lookup = Routes.definition.columns["start_city"].lookup
    assert lookup is not None
    assert lookup.inputs == ("start_zip",)
    assert Routes.definition.carried == ["number", "start_city", "start_zip"]
