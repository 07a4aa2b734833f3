"""The connection breaks in the moment of COMMIT: the database knows whether the file is there, the portal must ask."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError

from portal.accounts.models import User
from portal.extensions import db
from portal.files.models import StoredFile
from portal.files.operations import add_many
from portal.files.storage import storage
from tests.conftest import Person
from tests.support.library import upload

DATABASES = ("postgresql",)  # SQLite has no connections that could break


@pytest.mark.parametrize("when", ["before", "after"])
def test_contents_stay_exactly_where_the_row_does(app: Flask, users: Callable[..., Person], when: str) -> None:
    person = users()
    with app.app_context():
        engine = db.engine

        def breaks(connection: Connection) -> None:
            if not connection.exec_driver_sql("SELECT count(*) FROM files").scalar():
                return  # not the transaction of the file
            if when == "after":
                connection.connection.driver_connection.commit()
            own = connection.connection.driver_connection.info.backend_pid
            with engine.connect() as other:
                other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": own})
            if when == "after":
                connection.connection.driver_connection.execute("SELECT 1")  # as the answer to COMMIT would be missed

        with app.test_request_context():
            actor = db.session.get_one(User, person.id)
            event.listen(engine, "commit", breaks)
            try:
                with pytest.raises((DBAPIError, psycopg.OperationalError)):
                    add_many([upload("a.txt", b"Some text.")], actor=actor)
            finally:
                event.remove(engine, "commit", breaks)
        db.session.rollback()
        kept = db.session.query(StoredFile).all()
        assert len(kept) == (when == "after")
        assert all(storage().exists(file.storage_key) for file in kept)
