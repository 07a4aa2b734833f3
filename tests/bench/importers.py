"""Importers that benchmarks import with. Their table is that of `products.py`."""

from __future__ import annotations

from typing import Any

from portal.importers import Choice, Date, Email, Importer, Integer, Number, Text

CITIES = ("Oslo", "Lima", "Kyoto", "Porto", "Quito", "Riga", "Accra", "Turin")


class Products(Importer, table="products", key="sku", on_duplicate="update"):
    """Products, checked as a shop would."""

    sku = Text(required=True, maximum=20)
    name = Text(required=True)
    contact = Email()
    quantity = Integer(required=True, minimum=0, maximum=10_000)
    price = Number(minimum=0)
    day = Date()
    city = Choice(choices=CITIES)


class HookedProducts(Products, table="products", key="sku", on_duplicate="update"):
    """The same with a Python function that sees and changes every row."""

    def before_row(self, row: dict[str, Any]) -> dict[str, Any]:
        row["name"] = row["name"].upper()
        return row
