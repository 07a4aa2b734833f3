"""Every status that the OpenAPI document names for an endpoint is shown here, and no other is answered."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import pytest
from flask import Flask, Response, request

from portal.api.described import operation_id
from portal.api.endpoint import description_of
from portal.extensions import limiter
from tests.api.conftest import FLOW, Program
from tests.api.scenarios import SCENARIOS

NOBODY = "999999999"
AT_NO_ENDPOINT = {("runs_exported_runs", "404")}
"""An address with a format that isn't known is nobody's."""


@dataclass
class Operation:
    """An endpoint as the document has it."""

    name: str
    method: str
    path: str
    said: dict[str, Any]

    @property
    def statuses(self) -> set[str]:
        return set(self.said["responses"])

    def address(self, number: str = "1") -> str:
        """Its path, with `number` in the place of each id."""
        path = self.path.replace("{format}", "csv")
        return re.sub(r"{\w+}", number, path)

    def addresses(self, ids: list[str]) -> Iterator[str]:
        """Its path with each of these in the place of each id."""
        path = self.path.replace("{format}", "csv")
        names = re.findall(r"{(\w+)}", path)
        for chosen in product(ids, repeat=len(names)):
            yield path.format(**dict(zip(names, chosen, strict=True)))

    def takes(self, media: str) -> bool:
        return media in self.said.get("requestBody", {}).get("content", {})


@dataclass
class Seen:
    """Which statuses each endpoint has answered."""

    statuses: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def note(self, response: Response) -> Response:
        view = request.url_rule and description_of_endpoint(request.endpoint)
        if view:
            self.statuses[operation_id(request.endpoint or "")].add(str(response.status_code))
        return response


@pytest.fixture
def seen(app: Flask) -> Seen:
    seen = Seen()
    # Flask calls the first one last: when the answer is what goes out.
    app.after_request_funcs.setdefault(None, []).insert(0, seen.note)
    return seen


@pytest.fixture
def operations(document: dict[str, Any]) -> list[Operation]:
    return [
        Operation(said["operationId"], method.upper(), path, said)
        for path, methods in document["paths"].items()
        for method, said in methods.items()
    ]


def test_every_status_of_every_endpoint(
    app: Flask, seen: Seen, operations: list[Operation], program: Callable[..., Program], operator: Program
) -> None:
    admin, auditor = program("admin"), program("auditor")
    for operation in operations:
        ask_without_a_token(operation, app)
        ask_in_vain(operation, auditor, admin)
        with limits_of_one_request(app):
            for _ in range(2):
                admin.ask(operation.method, operation.address(NOBODY))
        send_bad_bodies(operation, admin)
    for scenario in SCENARIOS:
        scenario(operator, admin, program)
    ids = [*("1", "2", "3", "goods"), *ids_of_documents(admin)]
    for operation in operations:
        ask_for_what_is_known(operation, admin, ids)
    documented = {(operation.name, status) for operation in operations for status in operation.statuses}
    documented -= AT_NO_ENDPOINT
    answered = {(name, status) for name, statuses in seen.statuses.items() for status in statuses}
    assert sorted(documented - answered) == [], "These are documented, and were never seen."
    assert sorted(answered - documented) == [], "These were seen, and aren't documented."


def test_a_format_that_isnt_known(operator: Program) -> None:
    assert operator.get("/api/v1/ingest/exports/runs.xml").status_code == 404


def test_refusals_are_problem_details(app: Flask, operations: list[Operation], operator: Program) -> None:
    for operation in operations:
        refused = operator.ask(operation.method, operation.address(NOBODY), data=b"{", content_type="text/csv")
        if refused.status_code >= 400:
            assert refused.mimetype == "application/problem+json", operation.name
            assert refused.json["status"] == refused.status_code
            assert refused.json["title"]
            assert refused.json["detail"]
            assert "<" not in refused.text, "HTML"


def ask_without_a_token(operation: Operation, app: Flask) -> None:
    answer = app.test_client().open(operation.address(), method=operation.method)
    assert answer.status_code == (401 if "401" in operation.statuses else 200), operation.name
    if answer.status_code == 401:
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def ask_in_vain(operation: Operation, auditor: Program, admin: Program) -> None:
    """As someone who may not, for what isn't there, for what is misspelt."""
    answer = auditor.ask(operation.method, operation.address(NOBODY))
    if "403" in operation.statuses and operation.name not in ("accounts_create_token", "accounts_revoke_token"):
        assert answer.status_code == 403, operation.name
    body = {"json": {}} if operation.takes("application/json") else {}
    admin.ask(operation.method, operation.address(NOBODY), **body)
    misspelt = admin.ask(operation.method, operation.address() + "?nonsense=1")
    assert (misspelt.status_code, list(misspelt.json["errors"])) == (422, ["nonsense"]), operation.name


@contextmanager
def limits_of_one_request(app: Flask) -> Iterator[None]:
    config = app.config["PORTAL"]
    app.config["PORTAL"] = replace(config, api_read_limit="1 per minute", api_write_limit="1 per minute")
    limiter.reset()
    try:
        yield
    finally:
        limiter.reset()
        app.config["PORTAL"] = config


def send_bad_bodies(operation: Operation, admin: Program) -> None:
    """Bodies that can't be taken, and some where none is taken at all."""
    address = operation.address(NOBODY)
    is_form = operation.takes("multipart/form-data")
    may_have_body = operation.method in ("POST", "PUT", "PATCH")
    if may_have_body and not is_form:
        for data, kind in ((b"{", "application/json"), (b"x", "text/csv"), (b'{"nonsense": 1}', "application/json")):
            admin.ask(operation.method, address, data=data, content_type=kind)
    if is_form:
        admin.ask(operation.method, address, data=b"x", content_type="text/csv")
        admin.ask(operation.method, address, data={"nonsense": "1"}, content_type="multipart/form-data")
    if may_have_body:
        kind = "multipart/form-data; boundary=b" if is_form else "application/json"
        environ = {"CONTENT_LENGTH": str(10**12), "CONTENT_TYPE": kind}
        admin.ask(operation.method, address, environ_overrides=environ)


def ids_of_documents(admin: Program) -> Iterator[str]:
    """The id of one of each kind, and of a file that is in the data job."""
    for things in ("files", "ingestion", "alignment"):
        yield admin.get(f"{FLOW}/{things}").json["data"][0]["id"]
    job_id = admin.get(f"{FLOW}/data-jobs").json["data"][0]["id"]
    yield from (job_id, admin.get(f"{FLOW}/data-jobs/{job_id}").json["files"][0]["file_id"])


def ask_for_what_is_known(operation: Operation, admin: Program, ids: list[str]) -> None:
    if "304" in operation.statuses:
        answers = (admin.get(address) for address in operation.addresses(ids))
        found = next(answer for answer in answers if answer.status_code == 200)
        known = admin.get(found.request.path, headers={"If-None-Match": found.headers["ETag"]})
        assert known.status_code in (200, 304), operation.name  # what counts workers or time may have changed


def description_of_endpoint(endpoint: str | None) -> Any:
    from flask import current_app

    return description_of(current_app.view_functions.get(endpoint or ""))
