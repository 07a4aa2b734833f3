"""A portal's database with very many runs and failed rows, written by the database itself."""

from __future__ import annotations

from sqlalchemy import Connection, text

RUNS = 100_000
ROWS_OF_EACH = 90
LARGE_RUN_ROWS = 1_000_000
ROWS = (RUNS - 1) * ROWS_OF_EACH + LARGE_RUN_ROWS
GROUPS_OF_EACH = 3
"""Causes for which rows of a run fail; a row fails for one of them."""

NUMBERS = "WITH RECURSIVE numbers(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < :most) "

MAKE_RUNS = (
    NUMBERS
    + "INSERT INTO ingest_runs (id, token, importer, status, dry_run, user_id, original_filename, total, staged,"
    " successful, failed, skipped, checked, settled, headers, mapping, source_text, all_or_nothing, created_at,"
    " started_at, completed_at, after_run_due, attempts)"
    " SELECT n, 'run-' || n, 'importer-' || (n % 20),"
    " CASE WHEN n % 50 = 0 THEN 'failed' WHEN n % 7 = 0 THEN 'completed' ELSE 'completed_with_errors' END,"
    " 0, 1 + (n / 2) % 2, 'goods-' || n || '.csv', :rows, :rows, 0, :rows, 0, 0, 0,"
    """ '["sku", "name", "contact", "quantity", "price"]',"""
    """ '{"sku": "sku", "name": "name", "contact": "contact", "quantity": "quantity", "price": "price"}',"""
    " 'CSV, UTF-8, comma, 5 columns', 0, '2026-11-22 10:00:00.000000', '2026-11-22 10:00:01.000000',"
    " '2026-11-22 10:00:02.000000', 0, 1 FROM numbers"
)
MAKE_GROUPS = (
    NUMBERS + "INSERT INTO ingest_error_groups (id, run_id, key, field, rule, message, count, suggested_fix)"
    f" SELECT n, (n - 1) / {GROUPS_OF_EACH} + 1, 'rule.' || (n % {GROUPS_OF_EACH}), 'price', 'number',"
    f" 'The price field must be a number.', :rows / {GROUPS_OF_EACH}, '' FROM numbers"
)
MAKE_ROWS = (
    NUMBERS + "INSERT INTO ingest_rows (run_id, row_number, status, cells) SELECT run.id, n, 'failed',"
    """ '["SKU-' || n || '","Product number ' || n || '","user' || (n % 5000) || '@example.com","12","n/a"]'"""
    " FROM ingest_runs AS run CROSS JOIN numbers WHERE run.id BETWEEN :first AND :last"
)
MAKE_ERRORS = (
    NUMBERS
    + f"INSERT INTO ingest_row_errors SELECT cause.id, n * {GROUPS_OF_EACH} - cause.id % {GROUPS_OF_EACH}, 'n/a'"
    " FROM ingest_error_groups AS cause CROSS JOIN numbers WHERE cause.run_id BETWEEN :first AND :last"
)


def fill(connection: Connection) -> None:
    """Write RUNS finished runs of the users 1 and 2, and ROWS failed rows. The last run has LARGE_RUN_ROWS of them."""
    connection.execute(text(MAKE_RUNS), {"most": RUNS, "rows": ROWS_OF_EACH})
    connection.execute(text(MAKE_GROUPS), {"most": GROUPS_OF_EACH * RUNS, "rows": ROWS_OF_EACH})
    for first, last, rows in ((1, RUNS - 1, ROWS_OF_EACH), (RUNS, RUNS, LARGE_RUN_ROWS)):
        runs = {"first": first, "last": last}
        connection.execute(text(MAKE_ROWS), runs | {"most": rows})
        connection.execute(text(MAKE_ERRORS), runs | {"most": rows // GROUPS_OF_EACH})
    grown = {"rows": LARGE_RUN_ROWS, "each": LARGE_RUN_ROWS // GROUPS_OF_EACH, "id": RUNS}
    connection.execute(
        text("UPDATE ingest_runs SET total = :rows, staged = :rows, failed = :rows WHERE id = :id"), grown
    )
    connection.execute(text("UPDATE ingest_error_groups SET count = :each WHERE run_id = :id"), grown)
