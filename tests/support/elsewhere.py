"""An importer whose table is in a database beside the portal's own. Its tables are TABLES."""

from __future__ import annotations

from portal.importers import Importer, Integer, Text

OTHER = "warehouse"
TABLES = (
    "CREATE TABLE parts (id INTEGER PRIMARY KEY, code VARCHAR(10) UNIQUE, price INTEGER CHECK (price > 0))",
    "CREATE TABLE bolts (price INTEGER CHECK (price > 0))",
)


class Parts(Importer, table="parts", key="id", on_duplicate="skip", database=OTHER):
    """Parts, in a database of their own."""

    id = Integer(required=True)
    code = Text(required=True)
    price = Integer()


class Bolts(Importer, table="bolts", database=OTHER):
    """Without a key: written twice, a row would be there twice."""

    price = Integer(required=True)
