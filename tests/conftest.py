"""What every test may ask for: an app of its own, people, a browser that fills in forms, the command line."""

from __future__ import annotations

import gc
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient, FlaskCliRunner
from werkzeug.test import TestResponse

from config import TestConfig
from portal import create_app
from portal.accounts import operations
from portal.extensions import db, limiter
from tests.support import routes, statements, templates
from tests.support.job_lab import JobLab
from tests.support.lab import IMPORTERS, Lab
from tests.support.ordering import in_order
from tests.support.servers import PostgreSQLServer, RedisServer, postgresql_server, redis_server

routes.compile_once()
statements.compile_once()
templates.compile_once()

SETTING_UP = SimpleNamespace(id=None, email="test set-up")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of one file stay together."""
    by_file: dict[Path, list[pytest.Item]] = {}
    for item in items:
        by_file.setdefault(item.path, []).append(item)
    items[:] = [item for path in in_order(list(by_file)) for item in by_file[path]]


def pytest_collection_finish() -> None:
    """What is loaded and collected stays: the garbage collector needn't look at it again and again."""
    gc.freeze()


@dataclass(frozen=True)
class Person:
    """An account as a plain value: no database session needed to read it."""

    id: int
    email: str
    role: str
    password: str | None


class Browser(FlaskClient):
    """A test client that fills in the forms it finds on a page, tokens against forgery included."""

    def submit(self, page: str, action: str | None = None, **values: Any) -> TestResponse:
        """Open `page`, fill its form that posts to `action` (by default to the page itself), send it."""
        forms = _Forms()
        forms.feed(self.get(page).text)
        found = [fields for target, fields in forms.found if (target or page) == (action or page)]
        assert found, f"{page} has no form for {action or 'itself'}, only {[target for target, _ in forms.found]}"
        unknown = set(values) - set(found[0])
        assert not unknown, f"The form has no field {unknown}, only {set(found[0])}"
        return self.post(action or page, data=found[0] | values)

    def sign_in(self, person: Person) -> Browser:
        """By a one-time link: as real as a password, and without the time that a hash takes."""
        with self.application.app_context():
            secret = operations.create_sign_in_link(person.id, actor=SETTING_UP)
        assert self.get(f"/sign-in/link/{secret}").status_code == 302
        return self


class _Forms(HTMLParser):
    """Collects the POST forms of a page with the values that a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._fields: dict[str, str] = {}
        self._select = self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        name = values.get("name", "")
        if tag == "form":
            self._fields = {}
            if values.get("method") == "post":
                self.found.append((values.get("action", ""), self._fields))
        elif tag == "input" and name and (values.get("type") not in ("checkbox", "radio") or "checked" in values):
            self._fields[name] = values.get("value", "")
        elif tag in ("select", "textarea"):
            self._fields[name] = ""
            self._select, self._textarea = (name, "") if tag == "select" else ("", name)
        elif tag == "option" and self._select and ("selected" in values or not self._fields[self._select]):
            self._fields[self._select] = values.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self._select = self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self._fields[self._textarea] += data


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgreSQLServer]:
    """A server of this process's own, whose database `portal` has the tables; each test gets a copy of that."""
    with postgresql_server() as server:
        server.create("portal")
        app = create_app(TestConfig.below(tmp_path_factory.mktemp("template"), database_url=server.url("portal")))
        with app.app_context():
            db.create_all()
            db.engine.dispose()
        yield server


@pytest.fixture(scope="session")
def redis() -> Iterator[RedisServer]:
    """A server of this process's own."""
    with redis_server() as server:
        yield server


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of SQLite's that has the tables; each test gets a copy, which is quicker made than tables."""
    folder = tmp_path_factory.mktemp("empty")
    app = create_app(TestConfig.below(folder))
    with app.app_context():
        db.create_all()
        db.engine.dispose()
    with closing(sqlite3.connect(folder / "portal.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / "portal.db"


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of the test's own database: SQLite, unless the test asks for PostgreSQL too (`ON_BOTH`)."""
    if getattr(request, "param", "sqlite") == "sqlite":
        shutil.copy(request.getfixturevalue("empty_database"), tmp_path / "portal.db")
        yield f"sqlite:///{tmp_path / 'portal.db'}"
        return
    server: PostgreSQLServer = request.getfixturevalue("postgresql")
    with server.emptied_database("portal") as url:
        yield url


@pytest.fixture
def make_app(tmp_path: Path, database: str) -> Iterator[Callable[..., Flask]]:
    """Makes an app whose tables are empty; keywords change settings."""
    made: list[Flask] = []
    own = {"database_url": database, "sign_in_limit": "1000 per minute"}

    def make(**settings: Any) -> Flask:
        app = create_app(TestConfig.below(tmp_path, **(own | settings)))
        app.test_client_class = Browser
        with app.app_context():
            if "database_url" in settings:
                db.create_all()
            limiter.reset()  # its counts are the process's, not the app's
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    return make_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser in which nobody is signed in; `app.test_client()` makes another."""
    return app.test_client()


@pytest.fixture
def cli(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


@pytest.fixture
def users(app: Flask) -> Callable[..., Person]:
    """Makes accounts: `users("operator")`, `users("admin", "ann@example.com", password="...")`."""

    def make(role: str = "operator", email: str | None = None, password: str | None = None) -> Person:
        email = email or f"{role}@example.com"
        with app.app_context():
            user = operations.create_user(email, role, password=password, actor=SETTING_UP)
            return Person(user.id, user.email, user.role, password)

    return make


@pytest.fixture
def sign_in(app: Flask, users: Callable[..., Person]) -> Callable[..., FlaskClient]:
    """A browser in which a new user of that role (or the given `Person`) is signed in."""

    def browser(who: str | Person = "operator") -> FlaskClient:
        return app.test_client().sign_in(who if isinstance(who, Person) else users(who))

    return browser


@pytest.fixture
def importing_app(make_app: Callable[..., Flask]) -> Flask:
    """With the importers of `tests/support/importers.py`; its chunks are small, so that a few lines make several."""
    return make_app(importers=(IMPORTERS,), chunk_rows=4)


@pytest.fixture
def lab(app: Flask, tmp_path: Path) -> Iterator[Lab]:
    """A bench for the import engine, inside the context of `app`, which must be `importing_app`."""
    with app.app_context():
        yield Lab(app, tmp_path)


@pytest.fixture
def bench(app: Flask, tmp_path: Path) -> Callable[[], AbstractContextManager[Lab]]:
    """`with bench() as lab:` looks into the engine between two commands or requests, which have their own contexts."""
    with app.app_context():
        made = Lab(app, tmp_path)

    @contextmanager
    def enter() -> Iterator[Lab]:
        with app.app_context():
            yield made

    return enter


@pytest.fixture
def job_lab(app: Flask, tmp_path: Path) -> Iterator[JobLab]:
    """Data jobs on a bench."""
    with app.app_context():
        yield JobLab(app, tmp_path)
