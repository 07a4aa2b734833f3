"""Webhooks in the JSON API: the same as the pages, for programs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.accounts import operations as accounts
from portal.database import utcnow
from portal.sources.reach import resolve
from tests.support.lab import SOMEONE
from tests.support.receiver import allow

API = "/api/v1/webhooks"
NEW = {"url": "https://hooks.example.com/in", "events": ["run.failed"]}


@pytest.fixture
def caller(app, users) -> Callable[..., Callable]:
    """`caller("operator")` gives `ask(method, path, json=None, **headers)`, with a token of a new account."""

    def make(role: str = "operator", email: str | None = None, token_role: str = "owner"):
        with app.app_context():
            owner = users(role, email)
            token = accounts.create_token(owner.id, role=token_role, actor=SOMEONE)[1]
        client = app.test_client()

        def ask(method: str, path: str = "", json=None, **headers: str):
            sent = {"Authorization": f"Bearer {token}"} | {key.replace("_", "-"): text for key, text in headers.items()}
            return client.open(f"{API}{path}", method=method, json=json, headers=sent)

        return ask

    return make


def test_a_webhook_is_made_read_changed_and_deleted(caller) -> None:
    ask = caller()
    made = ask("POST", json=NEW | {"importer": "airlines"})
    assert made.status_code == 201
    webhook = made.json["data"]
    secret = webhook.pop("secret")
    assert secret.startswith("whsec_")
    assert webhook == {
        "id": 1,
        "url": NEW["url"],
        "events": ["run.failed"],
        "importer": "airlines",
        "is_active": True,
        "user_id": webhook["user_id"],
        "owner": "operator@example.com",
        "created_at": webhook["created_at"],
        "rotated_at": None,
    }
    assert ask("GET", "/1").json == {"data": webhook}
    assert ask("GET").json["data"] == [webhook]
    assert ask("GET", "/1/secret").json == {"data": {"secret": secret}}
    changed = ask("PATCH", "/1", json={"events": ["run.finished"], "importer": None, "is_active": False})
    assert changed.json == {"data": webhook | {"events": ["run.finished"], "importer": None, "is_active": False}}
    assert ask("PATCH", "/1", json={}).json == changed.json
    rotated = ask("POST", "/1/rotate")
    assert (rotated.status_code, rotated.json["data"]["secret"] != secret) == (200, True)
    assert ask("DELETE", "/1").status_code == 204
    assert ask("GET", "/1").status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        (NEW | {"url": "nonsense"}, "url"),
        (NEW | {"url": "https://127.0.0.1/"}, "url"),
        (NEW | {"events": []}, "events"),
        (NEW | {"events": ["run.exploded"]}, "events"),
        (NEW | {"importer": "nothing"}, "importer"),
        (NEW | {"secret": "mine"}, "secret"),
    ],
)
def test_bad_input_is_named_by_its_field(app, caller, body, field) -> None:
    allow(app, resolve=resolve)
    refused = caller()("POST", json=body)
    assert refused.status_code == 422
    assert refused.mimetype == "application/problem+json"
    assert field in refused.json["errors"]


def test_a_test_and_a_delivery_sent_again(hooks, caller, work) -> None:
    ask = caller()
    ask("POST", json=NEW | {"url": hooks.url})
    begun = ask("POST", "/1/test")
    assert begun.status_code == 202
    assert begun.headers["Location"] == f"{API}/1/deliveries/1"
    assert (begun.json["data"]["status"], begun.json["data"]["answer"]) == ("pending", None)
    assert ask("POST", "/1/deliveries/1/resend").status_code == 409
    work()
    sent = ask("GET", "/1/deliveries/1").json["data"]
    assert (sent["status"], sent["attempts"], sent["next_attempt_at"]) == ("delivered", 1, None)
    assert (sent["answer"]["status"], sent["answer"]["body"], sent["answer"]["error"]) == (200, "thank you", None)
    assert sent["payload"] == hooks.received[0].json
    again = ask("POST", "/1/deliveries/1/resend", Idempotency_Key="once").json["data"]
    replayed = ask("POST", "/1/deliveries/1/resend", Idempotency_Key="once")
    assert (replayed.json["data"]["id"], replayed.headers["Idempotency-Replayed"]) == (again["id"], "true")
    assert (again["id"], again["resent_from_id"], again["message_id"]) == (2, 1, sent["message_id"])
    work()
    assert len(hooks.received) == 2
    ask("PATCH", "/1", json={"is_active": False})
    assert ask("POST", "/1/test").status_code == 409


def test_lists_are_paged_and_filtered(caller, note_deliveries) -> None:
    ask = caller()
    ask("POST", json=NEW)
    note_deliveries(3, status="delivered", next_attempt_at=None, completed_at=utcnow())
    note_deliveries(1)
    found = ask("GET", "/1/deliveries?per_page=2&page=2").json
    assert [sent["id"] for sent in found["data"]] == [2, 1]
    assert found["meta"] == {"page": 2, "per_page": 2, "total": 4, "pages": 2}
    assert [sent["id"] for sent in ask("GET", "/1/deliveries?status=pending").json["data"]] == [4]
    assert ask("GET", "/1/deliveries?status=nonsense").status_code == 422
    assert ask("GET", "/1/deliveries/99").status_code == 404
    tag = ask("GET", "/1/deliveries").headers["ETag"]
    assert ask("GET", "/1/deliveries", If_None_Match=tag).status_code == 304


READING = [("GET", "/1"), ("GET", "/1/deliveries"), ("GET", "/1/deliveries/1")]
CHANGING = [
    ("PATCH", "/1"),
    ("POST", "/1/test"),
    ("POST", "/1/rotate"),
    ("GET", "/1/secret"),
    ("POST", "/1/deliveries/1/resend"),
    ("DELETE", "/1"),
]


@pytest.mark.parametrize(
    ("role", "reads", "changes"),
    [("operator", {404}, {404}), ("auditor", {200}, {403}), ("admin", {200}, {200, 202, 204})],
)
def test_who_may_do_what_with_the_webhook_of_another(caller, note_deliveries, role, reads, changes) -> None:
    caller("operator", "ann@example.com")("POST", json=NEW)
    note_deliveries(1, status="delivered", next_attempt_at=None)
    ask = caller(role, "ben@example.com")
    assert {ask(method, path).status_code for method, path in READING} == reads
    assert {ask(method, path, json={}).status_code for method, path in CHANGING} <= changes


@pytest.mark.parametrize("token_role", ["operator", "reader"])
def test_a_token_that_may_less_than_its_owner_gets_no_messages_that_tell_all(caller, token_role) -> None:
    ask = caller("admin", token_role=token_role)
    assert ask("POST", json=NEW).status_code == 403
    assert ask("GET").json["data"] == []
    assert ask("GET", "/1/secret").status_code == 403
    assert ask("PATCH", "/1", json={"url": NEW["url"]}).status_code == 403


def test_an_operator_s_token_for_all_that_an_operator_may_is_enough(caller) -> None:
    assert caller("operator", token_role="operator")("POST", json=NEW).status_code == 201
