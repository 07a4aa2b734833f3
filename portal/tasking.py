"""Background work: a Huey that is set up with the app, and `@task`, which opens the app's context."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from huey import Huey
from huey.storage import SqliteStorage
from sqlalchemy import make_url

if TYPE_CHECKING:
    from flask import Flask


class PortalHuey(Huey):
    """A Huey whose storage is opened when the app is made, since only then its address is known."""

    def __init__(self) -> None:
        super().__init__("portal", storage_class=_Unset, results=False)
        self.app: Flask | None = None

    def init_app(self, app: Flask, url: str) -> None:
        """Bind to `app` and to the queue at `url` (`sqlite:///path`).

        Raises ValueError for an address of a kind that isn't known.
        """
        self.app = app
        self.storage = _open_storage(url)
        app.extensions["huey"] = self


def task(function: Callable[..., None]) -> Callable[..., Any]:
    """Make `function` a background task. It gets ids only: what they name may change before it runs."""
    from portal.extensions import huey  # extensions needs PortalHuey from here

    @functools.wraps(function)
    def run_in_app_context(*args: Any, **kwargs: Any) -> None:
        if huey.app is None:
            raise RuntimeError("The queue isn't bound to an app.")
        with huey.app.app_context():
            function(*args, **kwargs)

    return huey.task()(run_in_app_context)  # type: ignore[no-any-return]  # huey ships no types


class _Unset:
    """Stands in for the storage until `init_app`; any use of it is an error that says so."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError("The queue isn't bound to an app.")


def _open_storage(url: str) -> SqliteStorage:
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        raise ValueError(f"HUEY_URL names a queue of a kind that isn't known: {address.drivername}.")
    # fsync is off: the database is the truth, and what a crash of the machine takes from the queue is put back.
    return SqliteStorage("portal", filename=address.database, fsync=False, timeout=30)
