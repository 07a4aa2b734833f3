"""Making a PostgreSQL database that a test has used what it was before, quicker than a new one is made."""

from __future__ import annotations

import functools
from typing import Any

import psycopg
from psycopg.sql import SQL, Composed, Identifier

MOST_ROWS = 20_000
"""Where more are deleted, they would be in the way of the tests that follow."""

SCHEMA = SQL("""
    SELECT string_agg(thing, ' ' ORDER BY thing) FROM (
        SELECT nspname::text AS thing FROM pg_namespace WHERE nspname NOT LIKE 'pg!_%' ESCAPE '!'
        UNION ALL SELECT concat(relname, relkind, reloptions) FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT concat(relname, '.', attname, atttypid, atttypmod, attnotnull, attisdropped)
            FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
            WHERE relnamespace = 'public'::regnamespace AND attnum > 0
        UNION ALL SELECT concat(conname, contype, condeferrable, condeferred) FROM pg_constraint
        UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
        UNION ALL SELECT concat(proname, prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT extname FROM pg_extension
        UNION ALL SELECT concat(setconfig) FROM pg_db_role_setting
    ) AS things
""")


def empty(url: str, *, like: str) -> bool:
    """Remove all rows from the database at `url` and the tables that `like` hasn't, whoever is connected.

    Ids begin anew. False where it still isn't as that at `like`: it must not be used again.
    """
    schema, tables = _as_made(like)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        added = [name for name in _tables(connection) if name not in tables]
        if added:
            names = SQL(", ").join(map(Identifier, added))
            connection.execute(SQL("DROP TABLE {} CASCADE").format(names))
        if _schema(connection) != schema:
            return False
        connection.execute("SET session_replication_role = replica")  # no order of tables, as no key is looked at
        filled = [name for (name,) in connection.execute(_filled(tables))]
        deleted = sum(connection.execute(SQL("DELETE FROM {}").format(Identifier(name))).rowcount for name in filled)
        connection.execute("SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'")
    return deleted <= MOST_ROWS


@functools.cache
def _as_made(url: str) -> tuple[str, tuple[str, ...]]:
    """What the database consists of, and the names of its tables."""
    with psycopg.connect(url, autocommit=True) as connection:
        return _schema(connection), _tables(connection)


def _tables(connection: psycopg.Connection[Any]) -> tuple[str, ...]:
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return tuple(name for (name,) in found)


def _schema(connection: psycopg.Connection[Any]) -> str:
    row = connection.execute(SCHEMA).fetchone()
    assert row
    return str(row[0])


def _filled(tables: tuple[str, ...]) -> Composed:
    looks = (SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(name, Identifier(name)) for name in tables)
    return SQL(" UNION ALL ").join(looks)
