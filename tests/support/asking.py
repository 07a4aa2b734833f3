"""What a page asks the database."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from portal.extensions import db


def selects(app: Flask, browser: FlaskClient, path: str) -> list[str]:
    """The SELECT statements that are sent to the database for the address."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    answer = browser.get(path)
    event.remove(engine, "before_cursor_execute", note)
    assert answer.status_code == 200
    return [statement for statement in sent if statement.startswith("SELECT")]
