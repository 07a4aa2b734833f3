"""The database's server breaks connections while a document is converted."""

from __future__ import annotations

from sqlalchemy import text

from portal.datajobs.engine import claims
from portal.extensions import db
from tests.support.job_lab import JobLab

DATABASES = ("postgresql",)  # SQLite has no connections that could break


def test_a_conversion_goes_on_while_nobody_can_say_whether_it_is_wanted(job_lab: JobLab) -> None:
    job_id = job_lab.job(job_lab.file("a.txt"))
    asked: list[bool] = []

    def break_connections() -> None:
        claim = claims.Claim(1, "", "one", 1)
        db.session.execute(text("SELECT 1"))
        with job_lab.app.app_context():
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            db.session.execute(text(f"{others} AND datname = current_database()"))
            db.session.rollback()
        asked.append(claims.is_lost(db.session, claim))

    job_lab.convert_while(break_connections)
    assert asked == [False]
    assert job_lab.states(job_id) == {"a.txt": "completed"}
