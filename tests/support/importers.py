"""Importers that tests import with; an app loads this file by the setting `importers`. Their tables are TABLES."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal as PythonDecimal

from portal.importers import (
    URL,
    Boolean,
    Choice,
    Date,
    DateTime,
    Decimal,
    Email,
    Importer,
    Integer,
    Lookup,
    Number,
    Text,
)

TABLES = (
    "CREATE TABLE goods (sku TEXT PRIMARY KEY, name TEXT, price INTEGER)",
    "CREATE TABLE notes (body TEXT)",
    "CREATE TABLE kinds (id INTEGER PRIMARY KEY, whole BIGINT, number DOUBLE PRECISION, exact NUMERIC, flag BOOLEAN,"
    " day DATE, moment TIMESTAMP WITH TIME ZONE, colour TEXT, mail TEXT, site TEXT, body TEXT)",
    "CREATE TABLE guarded (id INTEGER PRIMARY KEY, code TEXT UNIQUE, unique_name TEXT NOT NULL,"
    " price INTEGER CONSTRAINT price_is_positive CHECK (price > 0), size INTEGER CHECK (size / 2 < 50))",
    "CREATE TABLE stock (shop TEXT NOT NULL, sku TEXT NOT NULL, amount INTEGER CHECK (amount < 1000),"
    " PRIMARY KEY (shop, sku))",
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, sku TEXT, supplier INTEGER, day DATE)",
)


class Goods(Importer, table="goods", key="sku", on_duplicate="update", null_values=["NA"]):
    """Goods; the newest row counts."""

    sku = Text(required=True, pattern="[A-Z]+", aliases=["article number"])
    name = Text(required=True, maximum=20)
    price = Integer(minimum=0, maximum=100)


class GoodsOnce(Importer, table="goods", key="sku", on_duplicate="skip", null_values=["NA"]):
    """Goods; the oldest row counts."""

    sku = Text(required=True, pattern="[A-Z]+")
    name = Text(required=True, maximum=20)
    price = Integer(minimum=0, maximum=100)


class GoodsStrict(Importer, table="goods", key="sku", on_duplicate="fail", null_values=["NA"]):
    """Goods; a key that comes again is an error."""

    sku = Text(required=True, pattern="[A-Z]+")
    name = Text(required=True, maximum=20)
    price = Integer(minimum=0, maximum=100)


class Notes(Importer, table="notes"):
    """Notes without a key: every row goes in."""

    body = Text(required=True, trim=False, pattern="[^!]*")


class Kinds(Importer, table="kinds", key="id", on_duplicate="update"):
    """One column of each kind."""

    id = Integer(required=True)
    whole = Integer()
    number = Number()
    exact = Decimal(places=3, minimum=PythonDecimal("-1000.5"), maximum=PythonDecimal("1000.5"))
    flag = Boolean()
    day = Date(formats=["%Y-%m-%d", "%d.%m.%Y"], minimum=date(1900, 1, 1))
    moment = DateTime(minimum=datetime(1900, 1, 1, tzinfo=UTC))
    colour = Choice(choices=["red", "green"])
    mail = Email()
    site = URL()
    body = Text(trim=False)


class Guarded(Importer, table="guarded", key="id", on_duplicate="fail"):
    """A table with rules of its own that the importer doesn't know."""

    id = Integer(required=True)
    code = Text()
    unique_name = Text()
    price = Integer()
    size = Integer()


class Stock(Importer, table="stock", key=["shop", "sku"], on_duplicate="update"):
    """A key of two columns, of which one has a default, into a table with a rule of its own."""

    shop = Text(default="main")
    sku = Text(required=True)
    amount = Integer()


class StockOnce(Importer, table="stock", key=["shop", "sku"], on_duplicate="skip"):
    """The same; the first row counts."""

    shop = Text(default="main")
    sku = Text(required=True)
    amount = Integer()


class Orders(Importer, table="orders", key="id", on_duplicate="update"):
    """Refers to goods."""

    id = Integer(required=True)
    sku = Text(required=True, lookup=Lookup("goods"))
    supplier = Integer(lookup=Lookup("guarded", "id"))


class Nowhere(Importer, table="not_there", key="id"):
    """Its table was never made."""

    id = Integer(required=True)


class LooksNowhere(Importer, table="notes"):
    """The table it looks into was never made."""

    body = Text(required=True, lookup=Lookup("not_there", "id"))
