"""A portal's database with very many data jobs and files, written by the database itself."""

from __future__ import annotations

from sqlalchemy import Connection, text

JOBS = 10_000
FILES_OF_EACH = 100
MARKDOWN = 10
"""So many of them are Markdown; the others were converted, have failed, or wait in the queue."""
WAITING_JOBS = 50
"""The converted files of the last jobs wait; before them, those of every third have failed once in ten."""

TIME = "'2026-11-22 10:00:00.000000'"
NUMBERS = "WITH RECURSIVE numbers(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < :most) "
JOB = "printf('dj-%08d-0000-4000-8000-000000000000', {})"
INGESTION = "printf('ij-%08d-0000-4000-8000-000000000000', {})"
FILE = "printf('file-%08d-0000-4000-8000-%012d', {}, {})"
OF_JOB = f"(n - 1) / {FILES_OF_EACH} + 1"
IN_JOB = f"(n - 1) % {FILES_OF_EACH} + 1"

MAKE_JOBS = (
    NUMBERS + "INSERT INTO data_jobs (id, name, job_type, description, system_prompt, user_id, created_at, updated_at)"
    f" SELECT {JOB.format('n')}, 'Handbooks ' || n,"
    " CASE WHEN n % 2 THEN 'principle_files' ELSE 'context_grounded_files' END,"
    f" 'Prepared for training', 'You are exact.', 1 + n % 2, {TIME}, {TIME} FROM numbers"
)
MAKE_INGESTIONS = (
    NUMBERS + "INSERT INTO ingestion_jobs (id, data_job_id, user_id, method, created_at, updated_at, started_at,"
    f" finished_at) SELECT {INGESTION.format('n')}, {JOB.format('n')}, 1 + n % 2, 'speed-optimized',"
    f" {TIME}, {TIME}, {TIME}, {TIME} FROM numbers"
)
MAKE_FILES = (
    NUMBERS + "INSERT INTO files (id, name, size, sha256, user_id, storage_key, purpose, kind, origin_file_id,"
    f" created_at) SELECT {FILE.format(OF_JOB, f'{IN_JOB} + :made')}, 'chapter-' || ({IN_JOB}) || :suffix, 10000,"
    f" printf('%064d', n), 1 + ({OF_JOB}) % 2, 'key-' || n || :suffix, 'alignment', substr(:suffix, 2), NULL,"
    f" {TIME} FROM numbers WHERE :made = 0 OR {IN_JOB} > {MARKDOWN}"
)
MAKE_RECORDS = (
    NUMBERS + "INSERT INTO file_records (id, ingestion_job_id, data_job_id, user_id, file_id, filename, kind, size,"
    " method, status, deleted, error_key, error_message, suggested_fix, result_file_id, pages, notes, queued_at,"
    " attempts, deaths, pauses, created_at, processing_at, completed_at)"
    f" SELECT n, {INGESTION.format(OF_JOB)}, {JOB.format(OF_JOB)}, 1 + ({OF_JOB}) % 2, {FILE.format(OF_JOB, IN_JOB)},"
    f" 'chapter-' || ({IN_JOB}) || '.pdf', 'pdf', 10000, 'speed-optimized',"
    f" CASE WHEN {OF_JOB} > {JOBS - WAITING_JOBS} THEN 'queued' WHEN ({OF_JOB}) % 3 = 0 AND n % 10 = 0 THEN 'failed'"
    " ELSE 'completed' END, 0, NULL, NULL, NULL,"
    f" {FILE.format(OF_JOB, f'{IN_JOB} + 1000')}, 8, '[]', {TIME}, 1, 0, 0, {TIME}, {TIME}, {TIME}"
    f" FROM numbers WHERE {IN_JOB} > {MARKDOWN}"
)
MAKE_JOB_FILES = (
    NUMBERS + "INSERT INTO data_job_files (data_job_id, file_id, record_id, name, kind, size, notes, added_at)"
    f" SELECT {JOB.format(OF_JOB)}, {FILE.format(OF_JOB, IN_JOB)}, CASE WHEN {IN_JOB} > {MARKDOWN} THEN n END,"
    f" 'chapter-' || ({IN_JOB}) || '.pdf', 'pdf', 10000, '[]', {TIME} FROM numbers"
)
MAKE_EVENTS = (
    NUMBERS + "INSERT INTO events (subject_type, subject_id, event_type, message, details, created_at)"
    f" SELECT 'data_job', {JOB.format('(n - 1) / 6 + 1')}, 'File Failed', 'chapter.pdf has failed.', '{{}}', {TIME}"
    " FROM numbers"
)


def fill(connection: Connection) -> None:
    """Write JOBS data jobs of the users 1 and 2 with FILES_OF_EACH files each, and what was converted of these."""
    files = {"most": JOBS * FILES_OF_EACH}
    connection.execute(text(MAKE_FILES), files | {"made": 0, "suffix": ".pdf"})
    connection.execute(text(MAKE_FILES), files | {"made": 1000, "suffix": ".md"})
    connection.execute(text(MAKE_JOBS), {"most": JOBS})
    connection.execute(text(MAKE_INGESTIONS), {"most": JOBS})
    connection.execute(text(MAKE_RECORDS), files)
    connection.execute(text(MAKE_JOB_FILES), files)
    connection.execute(text(MAKE_EVENTS), {"most": 6 * JOBS})


def job_id(number: int) -> str:
    """The id of a job by its number, from 1."""
    return f"dj-{number:08}-0000-4000-8000-000000000000"
