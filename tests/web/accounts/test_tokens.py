"""API tokens: made and revoked on their page, used in the API."""

from __future__ import annotations

import re

import pytest
from flask_login import current_user

from portal.accounts.permissions import reader, writer


@pytest.fixture
def app(make_app):
    """With two addresses below the API, one of which changes something."""
    app = make_app()
    for path in ("/api/v1/probe", "/v1/flow/probe"):
        app.add_url_rule(path, path, reader(lambda: {"you": current_user.email}))
        app.add_url_rule(path, f"{path} post", writer(lambda: {"done": True}), methods=["POST"])
    return app


def token_in(page) -> str:
    return re.search(r'value="(ptl_[\w-]{40})"', page.text)[1]


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


@pytest.mark.parametrize("role", ["operator", "auditor", "admin"])
def test_a_token_is_shown_once_and_works(app, sign_in, role) -> None:
    client = sign_in(role)
    made = client.submit("/tokens", name="nightly", days="7")
    assert made.status_code == 200
    assert made.headers["Cache-Control"] == "private, no-store"
    text = token_in(made)
    assert "curl -H" in made.text
    assert text not in client.get("/tokens").text
    answer = app.test_client().get("/api/v1/probe", headers=bearer(text))
    assert answer.json == {"you": f"{role}@example.com"}


@pytest.mark.parametrize(
    ("name", "days", "why"),
    [
        ("", "7", "Enter a name."),
        ("x" * 101, "7", "Use at most 100"),
        ("n", "0", "from 1 to 365"),
        ("n", "a", "number"),
    ],
)
def test_a_refused_token_says_why_and_keeps_what_was_typed(sign_in, name, days, why) -> None:
    refused = sign_in().submit("/tokens", name=name, days=days)
    assert refused.status_code == 422
    assert why in refused.text
    assert f'value="{name}"' in refused.text
    assert f'value="{days}"' in refused.text


def test_a_revoked_token_is_refused_at_once(app, sign_in) -> None:
    client = sign_in()
    text = token_in(client.submit("/tokens", name="nightly"))
    assert client.submit("/tokens", "/tokens/1/revoke").location == "/tokens"
    shown = client.get("/tokens").text
    assert "The token “nightly” no longer works." in shown
    assert "Revoked" in shown
    assert "/tokens/1/revoke" not in shown
    assert app.test_client().get("/api/v1/probe", headers=bearer(text)).status_code == 401


@pytest.mark.parametrize(("role", "status"), [("operator", 404), ("auditor", 404), ("admin", 302)])
def test_only_an_admin_sees_and_revokes_the_token_of_another(sign_in, users, role, status) -> None:
    sign_in(users("operator", "ann@example.com")).submit("/tokens", name="blue lamp")
    other = sign_in(users(role, "ben@example.com"))
    other_token = re.search(r'name="csrf_token" value="([^"]+)"', other.get("/tokens").text)[1]
    assert ("blue lamp" in other.get("/tokens").text) == (role == "admin")
    assert other.post("/tokens/1/revoke", data={"csrf_token": other_token}).status_code == status


def test_without_a_valid_token_the_api_answers_401_as_json(client) -> None:
    for headers in ({}, bearer("ptl_wrong"), bearer(""), {"Authorization": "Basic YTpi"}):
        answer = client.get("/api/v1/probe", headers=headers)
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.json["status"] == 401


def test_the_bare_token_is_taken_for_documents_only(app, sign_in) -> None:
    text = token_in(sign_in().submit("/tokens", name="n"))
    client = app.test_client()
    assert client.get("/v1/flow/probe", headers={"Authorization": text}).status_code == 200
    assert client.get("/v1/flow/probe", headers=bearer(text)).status_code == 200
    assert client.get("/api/v1/probe", headers={"Authorization": text}).status_code == 401


def test_a_token_opens_no_pages(app, sign_in) -> None:
    text = token_in(sign_in().submit("/tokens", name="n"))
    assert app.test_client().get("/account", headers=bearer(text)).status_code == 302


def test_a_browser_session_reads_the_api_and_changes_nothing_through_it(sign_in) -> None:
    client = sign_in()
    page = client.get("/account").text
    form_token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    assert client.get("/api/v1/probe").status_code == 200
    assert client.post("/api/v1/probe", data={"csrf_token": form_token}).status_code == 401
    assert client.get("/api/v1/probe", headers=bearer("wrong")).status_code == 401, "a token goes first"


def test_with_a_token_no_form_is_needed_and_the_role_decides(app, sign_in) -> None:
    for role, status in (("operator", 200), ("auditor", 403)):
        text = token_in(sign_in(role).submit("/tokens", name="n"))
        answer = app.test_client().post("/api/v1/probe", headers=bearer(text))
        assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
