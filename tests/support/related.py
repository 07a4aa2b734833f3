"""Importers that write more than their own rows: look-ups that create, lists, nested rows, several tables.

Their tables are TABLES.
"""

from __future__ import annotations

from portal.importers import (
    Children,
    Date,
    DateTime,
    Importer,
    Integer,
    Lookup,
    Many,
    Number,
    Rule,
    TableBy,
    Text,
    Value,
)

TABLES = {
    "sqlite": ("CREATE TABLE carriers (id INTEGER PRIMARY KEY, code TEXT UNIQUE, name TEXT, source TEXT)",),
    "postgresql": ("CREATE TABLE carriers (id SERIAL PRIMARY KEY, code VARCHAR(3) UNIQUE, name TEXT, source TEXT)",),
}
ON_BOTH = (
    "CREATE TABLE cities (id {id}, name TEXT CHECK (length(name) < 9), country TEXT NOT NULL DEFAULT 'NL')",
    "CREATE TABLE trips (number TEXT PRIMARY KEY, carrier TEXT, seats INTEGER CHECK (seats > 0))",
    "CREATE TABLE legs (carrier_id INTEGER NOT NULL REFERENCES carriers(id), number INTEGER, city_id INTEGER,"
    " PRIMARY KEY (carrier_id, number))",
    "CREATE TABLE tags (id {id}, name TEXT UNIQUE CHECK (length(name) < 9))",
    "CREATE TABLE products (id {id}, sku TEXT UNIQUE NOT NULL, price INTEGER CHECK (price > 0), changed DATE)",
    "CREATE TABLE product_tags (product_id INTEGER NOT NULL REFERENCES products(id), tag_id INTEGER NOT NULL"
    " REFERENCES tags(id) CHECK (tag_id <> 666), since TEXT DEFAULT 'now', UNIQUE (product_id, tag_id))",
    "CREATE TABLE sizes (sku TEXT, size INTEGER CHECK (size < 60))",
    "CREATE INDEX sizes_of_products ON sizes (sku)",
    "CREATE TABLE parcels (shop TEXT, number INTEGER, weight DOUBLE PRECISION, PRIMARY KEY (shop, number))",
    "CREATE TABLE items (id {id}, shop TEXT, number INTEGER, article TEXT, quantity INTEGER CHECK (quantity <> 13),"
    " packed TIMESTAMP, tag_id INTEGER)",
    "CREATE TABLE orders_de (number INTEGER PRIMARY KEY, state TEXT, total INTEGER CHECK (total < 1000))",
    "CREATE TABLE orders_at (number INTEGER PRIMARY KEY, state TEXT, total INTEGER)",
    "CREATE TABLE orders_of_others (number INTEGER PRIMARY KEY, state TEXT, total INTEGER)",
    "CREATE TABLE order_notes (number INTEGER, note TEXT)",
    "CREATE TABLE prices (state TEXT PRIMARY KEY, detail INTEGER CHECK (detail > 0), changed TIMESTAMP)",
)
IDS = {"sqlite": "INTEGER PRIMARY KEY", "postgresql": "SERIAL PRIMARY KEY"}


def tables_for(database: str) -> list[str]:
    """The statements that make the tables in a database of that kind."""
    return [*TABLES[database], *(statement.format(id=IDS[database]) for statement in ON_BOTH)]


class Trips(Importer, table="trips", key="number", on_duplicate="skip"):
    """A value that is missing is added with what the row and the importer say of it."""

    number = Text(required=True)
    carrier = Text(
        lookup=Lookup("carriers", "code", create_missing=True, create={"name": Value("carrier_name"), "source": "file"})
    )
    carrier_name = Text(written=False)
    seats = Integer()


class Legs(Importer, table="legs", key=["carrier_id", "number"], on_duplicate="update"):
    """Ids are written in place of what the file says, in the key too."""

    carrier_id = Text(header="carrier", required=True, lookup=Lookup("carriers", "code", returns="id"))
    number = Integer(required=True)
    city_id = Text(header="city", lookup=Lookup("cities", "name", returns="id", create_missing=True))


class Products(Importer, table="products", key="sku", on_duplicate="update"):
    """Linked by the id that the database gives them."""

    sku = Text(required=True)
    price = Integer()
    tags = Many(
        separator=";",
        lookup=Lookup("tags", "name", returns="id", create_missing=True),
        through="product_tags",
        own="product_id",
        other="tag_id",
        refers_to="id",
    )
    sizes = Many(each=Integer(), through="sizes", other="size", maximum=4)


class ProductsOnce(Products, table="products", key="sku", on_duplicate="skip"):
    """The first row counts."""


class ProductsStrict(Products, table="products", key="sku", on_duplicate="fail"):
    """A row that is there is an error."""


class ProductsNewer(Products, table="products", key="sku", on_duplicate="update_if_newer", newer_by="changed"):
    """The newer row counts, with its links."""

    changed = Date()


class ProductsTagged(Importer, table="products", key="sku", on_duplicate="upsert"):
    """Tags are only added."""

    sku = Text(required=True)
    tags = Many(
        lookup=Lookup("tags", "name", returns="id"),
        through="product_tags",
        own="product_id",
        other="tag_id",
        refers_to="id",
        replace=False,
    )


class Item:
    """A row within a parcel."""

    article = Text(required=True)
    quantity = Integer(minimum=1, default=1, aliases=["qty"])
    packed = DateTime()
    tag_id = Text(header="tag", lookup=Lookup("tags", "name", returns="id", create_missing=True))
    few = Rule(Value("quantity") < 100, "Nobody packs so many.")


class Parcels(Importer, table="parcels", key=["shop", "number"], on_duplicate="update"):
    """Rows within rows, which refer to the whole key."""

    shop = Text(default="main")
    number = Integer(required=True)
    weight = Number()
    items = Children(columns=Item, table="items")


class ParcelsAdded(Parcels, table="parcels", key=["shop", "number"], on_duplicate="update"):
    """Items come on top of those that are there."""

    items = Children(columns=Item, table="items", replace=False)


CHOSEN = TableBy("country", {"DE": "orders_de", "AT": "orders_at"})


class Orders(Importer, table="orders_of_others", table_by=CHOSEN, key="number", on_duplicate="fail"):
    """Each country has a table."""

    number = Integer(required=True)
    country = Text(written=False)
    state = Text()
    total = Integer()
    notes = Many(through="order_notes", other="note")


class OrdersOnce(Orders, table="orders_of_others", table_by=CHOSEN, key="number", on_duplicate="skip"):
    """The first counts, in each table."""


class PricesUpserted(Importer, table="prices", key="state", on_duplicate="upsert"):
    """Columns with names that the portal's own statements might take for theirs."""

    state = Text(required=True)
    detail = Integer()


class PricesNewer(Importer, table="prices", key="state", on_duplicate="update_if_newer", newer_by="changed"):
    """The newer row counts."""

    state = Text(required=True)
    detail = Integer()
    changed = DateTime()
