"""Importers that say how a run goes on: hooks, transactions, limits. An app loads this file by the setting `importers`.

What their hooks do is told by the rows' own values, and what they were called for stands in the table `journal`.
"""

from __future__ import annotations

from typing import Any

import polars as pl
from sqlalchemy import Connection, text

from portal.importers import ChunkCounts, Importer, Integer, RowError, RunFacts, Text

CONDUCT = __file__
OTHER = "warehouse"

TABLES = (
    "CREATE TABLE articles (sku TEXT PRIMARY KEY, name TEXT, price INTEGER CHECK (price < 1000), code TEXT UNIQUE)",
    "CREATE TABLE journal (entry TEXT)",
)


def note(connection: Connection, entry: str) -> None:
    connection.execute(text("INSERT INTO journal VALUES (:entry)"), {"entry": entry})


class BeforeRow(Importer, table="articles", key="sku", on_duplicate="update", chunk_rows=120):
    """Each name says what becomes of its row."""

    sku = Text(required=True)
    name = Text()
    price = Integer()
    code = Text()

    def before_row(self, row: dict[str, Any], run: RunFacts) -> Any:
        match row["name"]:
            case "gone":
                return None
            case "refused":
                raise RowError("Nobody sells that.", fix="Sell it.", field="name")
            case "told":
                raise RowError(f"{row['sku']} is told by itself.")
            case "broken":
                raise ValueError("no such thing")
            case "number":
                return 5
            case "wrong":
                row["price"] = "many"
            case "key":
                row["sku"] = "other"
            case "unknown":
                row["colour"] = "red"
            case "part":
                return {"price": 7}
            case name:
                row["name"], row["code"] = str(name).upper(), f"{row['sku']} {run.importer} {run.dry_run}"
        return row


class AfterRow(Importer, table="articles", key="sku", on_duplicate="skip", chunk_rows=20):
    """A price of 13 is unlucky, one of 14 breaks."""

    sku = Text(required=True)
    price = Integer(maximum=5000)

    def after_row(self, row: dict[str, Any], connection: Connection) -> None:
        note(connection, row["sku"])
        if row["price"] == 13:
            raise RowError("13 is unlucky.", field="price")
        if row["price"] == 14:
            connection.execute(text("INSERT INTO articles (sku) VALUES (:sku)"), {"sku": row["sku"]})


class Chunks(Importer, table="articles", key="sku", on_duplicate="skip", chunk_rows=3):
    """Rows without a price are left out, others doubled; a price of 0 breaks the hook."""

    sku = Text(required=True)
    price = Integer()

    def before_chunk(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.drop_nulls("price").with_columns(pl.col("price") * 2)

    def after_chunk(self, rows: pl.DataFrame, counts: ChunkCounts, connection: Connection) -> None:
        note(connection, f"{','.join(rows['sku'])}: {counts.successful} {counts.failed} {counts.skipped}")
        if 0 in rows["price"]:
            raise ValueError("no price")


class Runs(Importer, table="articles", key="sku", on_duplicate="update", chunk_rows=2):
    """Notes when it begins and when it ends; a file called "closed.csv" isn't let in, "late.csv" not let out."""

    sku = Text(required=True)
    price = Integer()

    def before_run(self, run: RunFacts, connection: Connection) -> None:
        note(connection, f"before {run.status} {run.total}")
        if run.original_filename == "closed.csv":
            raise ValueError("closed on Sundays")

    def after_run(self, run: RunFacts, connection: Connection) -> None:
        note(connection, f"after {run.status} {run.successful} {run.failed}")
        if run.original_filename == "late.csv":
            raise ValueError("too late")


class Careless(Importer, table="articles", key="sku"):
    """Its hook gives what can't be used."""

    sku = Text(required=True)
    name = Text()

    def before_chunk(self, rows: pl.DataFrame) -> Any:
        match rows["name"][0]:
            case "nothing":
                return None
            case "more":
                return pl.concat([rows, rows])
            case "column":
                return rows.with_columns(colour=pl.lit("red"))
            case "kind":
                return rows.with_columns(name=pl.lit([1]))
            case _:
                return rows.with_columns(sku=pl.lit("same"))


class Whole(Importer, table="articles", key="sku", on_duplicate="fail", transaction="run"):
    """All rows or none."""

    sku = Text(required=True)
    price = Integer(minimum=0)
    code = Text()


class WholeOnce(Importer, table="articles", key="sku", on_duplicate="skip", transaction="run", keep_rows="all"):
    """All rows or none; one whose key is there is left out. All are kept."""

    sku = Text(required=True)
    price = Integer(minimum=0)

    def after_row(self, row: dict[str, Any], connection: Connection) -> None:
        note(connection, row["sku"])


class WholeElsewhere(Importer, table="articles", key="sku", transaction="run", database=OTHER):
    """All rows or none, in another database."""

    sku = Text(required=True)
    price = Integer(minimum=0)


class WholeOrStop(Importer, table="articles", key="sku", transaction="run", stop_after=1):
    """All rows or none, and it stops early."""

    sku = Text(required=True)
    price = Integer(minimum=0)


class Kept(Importer, table="articles", key="sku", on_duplicate="skip", keep_rows="all"):
    """All rows are kept."""

    sku = Text(required=True)
    price = Integer(minimum=0, maximum=2000)


class KeptNewer(
    Importer, table="articles", key="sku", on_duplicate="update_if_newer", newer_by="price", keep_rows="all"
):
    """All rows are kept; older ones are left out."""

    sku = Text(required=True)
    price = Integer(minimum=0, maximum=2000)


class Stopping(Importer, table="articles", key="sku", on_duplicate="update", stop_after=2, chunk_rows=2):
    """Takes no more than two failed rows."""

    sku = Text(required=True)
    price = Integer(minimum=0)


class StoppingAtOnce(Importer, table="articles", stop_after=0, chunk_rows=2):
    """Takes no failed row, and has no key."""

    sku = Text(required=True)
    price = Integer(minimum=0)
