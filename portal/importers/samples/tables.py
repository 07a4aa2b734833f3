"""The tables of the sample importers. A portal's own importers write to tables that exist already."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Double, Integer, PrimaryKeyConstraint, Table, Text

from portal.database import Base, UTCDateTime

Table("airlines", Base.metadata, Column("carrier", Text, primary_key=True), Column("name", Text, nullable=False))

Table(
    "airports",
    Base.metadata,
    Column("faa", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("lat", Double, nullable=False),
    Column("lon", Double, nullable=False),
    Column("alt", Integer),
    Column("tz", Double),
    Column("dst", Text),
    Column("tzone", Text),
)

Table(
    "planes",
    Base.metadata,
    Column("tailnum", Text, primary_key=True),
    Column("year", Integer),
    Column("type", Text),
    Column("manufacturer", Text),
    Column("model", Text),
    Column("engines", Integer),
    Column("seats", Integer),
    Column("speed", Integer),
    Column("engine", Text),
)

Table(
    "flights",
    Base.metadata,
    Column("year", Integer, nullable=False),
    Column("month", Integer, nullable=False),
    Column("day", Integer, nullable=False),
    Column("dep_time", Integer),
    Column("sched_dep_time", Integer),
    Column("dep_delay", Integer),
    Column("arr_time", Integer),
    Column("sched_arr_time", Integer),
    Column("arr_delay", Integer),
    Column("carrier", Text, nullable=False),
    Column("flight", BigInteger, nullable=False),
    Column("tailnum", Text),
    Column("origin", Text, nullable=False),
    Column("dest", Text, nullable=False),
    Column("air_time", Integer),
    Column("distance", Integer),
    Column("hour", Integer),
    Column("minute", Integer),
    Column("time_hour", UTCDateTime, nullable=False),
    PrimaryKeyConstraint("time_hour", "carrier", "flight", "origin"),
    # The key holds most of what a look-up needs: a table without a rowid stores each row once, in key order.
    sqlite_with_rowid=False,
)
