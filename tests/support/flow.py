"""A portal behind a real address, and the public client of `/v1/flow` as its users have it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import httpx
from flask import Flask
from seekrai import AsyncSeekrFlow, SeekrFlow
from sqlalchemy import select

from portal.accounts import operations
from portal.accounts.models import User
from portal.extensions import db, limiter
from tests.support.job_lab import JobLab
from tests.support.lab import drain
from tests.support.served import served

SETTING_UP = SimpleNamespace(id=None, email="test set-up")


@dataclass
class FlowPortal:
    """A portal that answers at `url` (threads of this process) and whose tasks are executed here, by `work`."""

    app: Flask
    url: str
    http: httpx.Client
    """The one of the client's own kind that its instances share: to make one takes longer than most requests."""

    def client(self, email: str, *, role: str = "operator", token_role: str = "owner") -> SeekrFlow:
        """The client of the account with that address, which is made with `role` where there is none."""
        return self.client_with(self.token(email, role=role, token_role=token_role))

    def client_with(self, token: str) -> SeekrFlow:
        """A client with any token, be it a good one or not."""
        return SeekrFlow(api_key=token, base_url=self.url, max_retries=0, http_client=self.http)

    def async_client(self, email: str, *, role: str = "operator") -> AsyncSeekrFlow:
        """The same for coroutines: `async with portal.async_client(email) as client:`."""
        return AsyncSeekrFlow(api_key=self.token(email, role=role), base_url=self.url, max_retries=0)

    def token(self, email: str, *, role: str = "operator", token_role: str = "owner") -> str:
        """A new token of the account with that address, which is made with `role` where there is none."""
        with self.app.app_context():
            user = self._account(email, role)
            return operations.create_token(user.id, role=token_role, actor=user)[1]

    def work(self) -> int:
        """Execute all that waits for workers, and what follows from it; returns how many tasks that were."""
        return drain()

    @contextmanager
    def lab(self, email: str) -> Iterator[JobLab]:
        """A bench on which the account with that address puts in files and jobs, and the engine is looked at."""
        with self.app.app_context():
            yield JobLab(self.app, self.app.config["PORTAL"].data_dir, self._account(email, "operator").id)

    @contextmanager
    def limits(self, **changes: object) -> Iterator[None]:
        """With other settings meanwhile, as `api_write_limit="1 per minute"`."""
        config = self.app.config["PORTAL"]
        self.app.config["PORTAL"] = replace(config, **changes)
        limiter.reset()
        try:
            yield
        finally:
            limiter.reset()
            self.app.config["PORTAL"] = config

    @staticmethod
    def _account(email: str, role: str) -> User:
        found = db.session.scalars(select(User).where(User.email == email)).one_or_none()
        return found or operations.create_user(email, role, actor=SETTING_UP)


@contextmanager
def served_portal(app: Flask) -> Iterator[FlowPortal]:
    """`app`, served until the end."""
    with served(app) as url, httpx.Client(http2=True) as http:
        yield FlowPortal(app, url, http)
    with app.app_context():
        db.engine.dispose()


def names(client: Any, **asked: Any) -> list[str]:
    """The names of the files that `client` lists, asked so."""
    return [file.filename for file in client.files.list(**asked).data]
