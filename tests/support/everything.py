"""An importer with all that one can declare, for pages that show it. Its tables needn't be there."""

from __future__ import annotations

from portal.importers import (
    Children,
    Concat,
    Delimited,
    Group,
    Importer,
    Integer,
    Lookup,
    Many,
    Rule,
    TableBy,
    Text,
    Value,
)


class Address:
    street = Text()
    city = Text(required_if=Value("street").is_not_null())


class Item:
    sku = Text(required=True)
    amount = Integer(minimum=1)


class Everything(
    Importer,
    table="goods",
    table_by=TableBy("shop", {"A": "notes"}),
    key="code",
    on_duplicate="update_if_newer",
    newer_by="version",
    database="warehouse",
    format=Delimited(delimiter=";", encoding="cp1251", header_row=3),
    headers=["shop", "number", "version", "to street", "to city", "tags", "items"],
    strict_headers=True,
    source="/srv/drop/everything.csv",
    schedule="0 0 29 2 *",
    chunk_rows=1_000,
    stop_after=50,
    keep_rows="all",
    transaction="run",
):
    """Shows all of it."""

    shop = Text(written=False)
    number = Integer()
    version = Integer(default=1)
    code = Text(computed=Concat("shop", "number", separator="/"))
    discount = Integer(used_if=Value("shop") == "A", computed=Value("number") * 2)
    to = Group(Address)
    tags = Many(lookup=Lookup("kinds", "body"), through="notes", own="body", other="body")
    items = Children(columns=Item, table="stock", link="sku", minimum=1)
    small = Rule(Value("number") < Value("version"), "The number must be smaller than the version.", fix="Swap them.")

    def before_row(self, row: dict[str, object]) -> dict[str, object]:
        return row


class Upserted(Importer, table="goods", key="sku", on_duplicate="upsert"):
    """Goods by their sku."""

    sku = Text(required=True)
