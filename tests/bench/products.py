"""Files of products, the importers for them and their table: seven columns with a text key, of any length."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

IMPORTERS = str(Path(__file__).with_name("importers.py"))

SQLITE_TABLE = (
    "CREATE TABLE {} (sku TEXT NOT NULL PRIMARY KEY, name TEXT, contact TEXT, quantity INTEGER, price REAL, day TEXT,"
    " city TEXT)"
)
POSTGRESQL_TABLE = (
    "CREATE TABLE {} (sku TEXT NOT NULL PRIMARY KEY, name TEXT, contact TEXT, quantity INTEGER,"
    " price DOUBLE PRECISION, day DATE, city TEXT)"
)

CITIES = ("Oslo", "Lima", "Kyoto", "Porto", "Quito", "Riga", "Accra", "Turin")
PART_ROWS = 500_000


def write_products(path: Path, rows: int, *, bad: float = 0.03, seed: int = 7) -> int:
    """Write a CSV file of `rows` products, of which the part `bad` has no number as its quantity; returns how many
    those are. The same arguments give the same file."""
    chance = np.random.default_rng(seed)
    failing = 0
    with path.open("wb") as file:
        for first in range(0, rows, PART_ROWS):
            part = _part(chance, first, min(PART_ROWS, rows - first), bad)
            part.drop("bad").write_csv(file, include_header=first == 0)
            failing += int(part["bad"].sum())
    return failing


def _part(chance: np.random.Generator, first: int, rows: int, bad: float) -> pl.DataFrame:
    number = pl.col("number")
    drawn = pl.DataFrame(
        {
            "number": np.arange(first, first + rows),
            "bad": chance.random(rows) < bad,
            "amount": chance.integers(1, 500, rows),
            "cents": chance.integers(100, 99_999, rows),
            "days": chance.integers(0, 3_650, rows),
            "place": chance.integers(0, len(CITIES), rows),
        }
    )
    return drawn.select(
        pl.format("SKU-{}", number.cast(pl.String).str.zfill(8)).alias("sku"),
        pl.format("Product number {}", number).alias("name"),
        pl.format("user{}@example.com", number % 5_000).alias("contact"),
        pl.when(pl.col("bad")).then(pl.lit("n/a")).otherwise(pl.col("amount").cast(pl.String)).alias("quantity"),
        (pl.col("cents") / 100).alias("price"),
        (pl.date(2015, 1, 1) + pl.duration(days=pl.col("days"))).alias("day"),
        pl.col("place").replace_strict(dict(enumerate(CITIES)), return_dtype=pl.String).alias("city"),
        "bad",
    )
