"""What others do at a certain moment of a piece of work, before a statement or after a commit; and what it sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from portal.extensions import db


@contextmanager
def before_statement(beginning: str, happens: Callable[[], object]) -> Iterator[None]:
    """When a statement with this beginning is sent for the first time, something happens before."""
    left = [happens]

    def look(_connection: Any, _cursor: Any, statement: str, *_about: Any) -> None:
        if left and statement.startswith(beginning):
            left.pop()()

    event.listen(db.engine, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", look)
    assert not left, f"No statement began with {beginning}"


@contextmanager
def after_commit_with(beginning: str, happens: Callable[[], object]) -> Iterator[None]:
    """When the first transaction with a statement of this beginning has been committed, something happens before
    anything else."""
    left, was_sent = [happens], [False]

    def look(_connection: Any, _cursor: Any, statement: str, *_about: Any) -> None:
        was_sent[0] = was_sent[0] or statement.startswith(beginning)

    def act(_session: Any) -> None:
        if left and was_sent[0]:
            left.pop()()

    event.listen(db.engine, "after_cursor_execute", look)
    event.listen(db.session, "after_commit", act)
    try:
        yield
    finally:
        event.remove(db.engine, "after_cursor_execute", look)
        event.remove(db.session, "after_commit", act)
    assert not left, f"No transaction with a statement that began with {beginning} was committed"


@contextmanager
def statements() -> Iterator[list[str]]:
    """All that is sent to the portal's database."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_about: Any) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
