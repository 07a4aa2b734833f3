"""Schemathesis asks everything that the OpenAPI document allows, and much that it doesn't, and holds every answer
against it: one request at a time, and in sequences in which one answer leads to the next request."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.schemas import BaseSchema

from portal.extensions import db
from tests.api.conftest import FLOW, Program, library_of
from tests.support.lab import drain

pytestmark = pytest.mark.slow

EXAMPLES = 8
SEQUENCES, STEPS = 8, 12
TAKEN = ["2xx", "304", "401", "403", "404", "409", "413", "429"]
"""What may be answered to what fits the document."""

DEPENDS = (
    "runs_upload",
    "runs_correct",
    "runs_trigger",
    "runs_retry",
    "runs_edit",
    "runs_rows",
    "runs_exported_rows",
    "accounts_create_user",
    "webhooks_create",
    "webhooks_change",
    "files_upload",
    "files_bulk_upload",
    "files_rename",
    "ingestion_ingest",
    "datajobs_remove_files",
    "datajobs_retry",
    "alignment_generate",
    "alignment_change",
)
"""Where it depends on more than the document can say: whether a file is a table or training data, a header one of the
file, a key one of the run, an address free, or one to which messages may go, a name one that a file may have, an
Idempotency-Key one that came with the same before."""

CONFIG = {
    "checks": {
        "positive_data_acceptance": {"expected-statuses": TAKEN},
        "not_a_server_error": {"expected-statuses": ["2xx", "3xx", "4xx"]},
    },
    "operations": [
        {
            "include-operation-id": list(DEPENDS),
            "checks": {"positive_data_acceptance": {"expected-statuses": [*TAKEN, "400", "422"]}},
        }
    ],
}

UNHURRIED = settings(deadline=None, suppress_health_check=list(HealthCheck), database=None)


@pytest.fixture
def admin(program: Callable[..., Program], operator: Program) -> Program:
    """An administrator, in a portal in which something has happened already."""
    operator.imported()
    admin = program("admin")
    admin.imported("body\none\n", "notes")
    return admin


@pytest.fixture
def ids(admin: Program) -> dict[str, str]:
    """Those of documents, which nobody would guess, by the name of the parameter."""
    with library_of(admin) as lab:
        file_id = lab.file("notes.txt")
        guide = lab.file("guide.md", "# Guide\n\nA pump is a machine that moves water to a high place.\n")
        job_id = lab.job(file_id, guide, lab.file("empty.pdf", ""))
    [ingestion] = admin.get(f"{FLOW}/ingestion").json["data"]
    made = admin.post(f"{FLOW}/alignment/generate", json={"instructions": "Be brief.", "files": [guide]})
    drain()
    alignment_id = made.json["id"]
    pair = admin.get(f"{FLOW}/alignment/{alignment_id}/pairs").json["data"][0]
    return {
        "file_id": file_id,
        "job_id": job_id,
        "ingestion_job_id": ingestion["id"],
        "alignment_id": alignment_id,
        "pair_id": str(pair["id"]),
    }


@pytest.fixture
def schema(app: Flask, admin: Program) -> Iterator[BaseSchema]:
    config = SchemathesisConfig.from_dict(CONFIG)
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app, config=config)

    @schema.auth(refresh_interval=None)
    class Token:
        def get(self, _case: schemathesis.Case, _context: schemathesis.AuthContext) -> str:
            return f"Bearer {admin.token}"

        def set(self, case: schemathesis.Case, data: str, _context: schemathesis.AuthContext) -> None:
            case.headers["Authorization"] = data

    yield schema
    with app.app_context():
        db.session.remove()


@pytest.mark.parametrize("mode", GenerationMode)
def test_every_operation(schema: BaseSchema, app: Flask, mode: GenerationMode, ids: dict[str, str]) -> None:
    snapshot, refused = Snapshot(app), []
    for operation in operations(schema):
        snapshot.restore()  # one that deletes must leave something for the next
        refused += faults_of(operation, mode, ids)
    assert not refused, "\n\n".join(map(str, refused))


def test_sequences(schema: BaseSchema, app: Flask) -> None:
    snapshot = Snapshot(app)

    class Sequences(schema.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            snapshot.restore()  # what a sequence leaves behind would change what the next one meets

        def after_call(self, *_request: object) -> None:
            drain()

    Sequences.run(settings=settings(UNHURRIED, max_examples=SEQUENCES, stateful_step_count=STEPS))


class Snapshot:
    """The portal's database as it was."""

    def __init__(self, app: Flask) -> None:
        self._path = app.config["PORTAL"].data_dir / "portal.db"
        self._kept = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(sqlite3.connect(self._path)) as live:
            live.backup(self._kept)

    def restore(self) -> None:
        with closing(sqlite3.connect(self._path)) as live:
            self._kept.backup(live)


def operations(schema: BaseSchema) -> list[schemathesis.APIOperation]:
    return [found.ok() for found in schema.get_all_operations()]


def faults_of(
    operation: schemathesis.APIOperation, mode: GenerationMode, ids: dict[str, str]
) -> Iterator[FailureGroup]:
    """What is wrong with an answer of the operation to requests that fit the document, or that don't."""

    @settings(UNHURRIED, max_examples=EXAMPLES)
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: schemathesis.Case) -> None:
        if mode is GenerationMode.POSITIVE:
            case.path_parameters.update({name: ids[name] for name in case.path_parameters.keys() & ids})
        case.call_and_validate()
        drain()

    try:
        ask()
    except FailureGroup as found:
        yield found
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, f"Nothing fits the document at {operation.label}."
