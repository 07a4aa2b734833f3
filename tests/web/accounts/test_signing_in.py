"""Signing in and out, and what protects it."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from portal.accounts.models import SignInLink, User
from portal.database import utcnow, writing
from portal.extensions import db

PASSWORD = "correct horse battery"


def link_for(cli, person) -> str:
    return cli.invoke(args=["users", "link", person.email]).stdout.strip()


def test_a_person_signs_in_and_out(client, users) -> None:
    users("operator", "ann@example.com", password=PASSWORD)
    signed_in = client.submit("/sign-in", email="Ann@Example.com ", password=PASSWORD)
    assert (signed_in.status_code, signed_in.location) == (302, "/")
    assert "ann@example.com" in client.get("/account").text
    signed_out = client.submit("/account", "/sign-out")
    assert signed_out.location == "/sign-in"
    assert "You are signed out." in client.get("/sign-in").text
    assert client.get("/account").status_code == 302


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ann@example.com", "a guess of mine"),
        ("ghost@example.com", PASSWORD),
        ("ben@example.com", PASSWORD),
        ("x", "x" * 2000),
    ],
)
def test_a_refusal_tells_nobody_why_and_keeps_what_was_typed(client, users, cli, email, password) -> None:
    users("operator", "ann@example.com", password=PASSWORD)
    users("operator", "ben@example.com", password=PASSWORD)
    cli.invoke(args=["users", "deactivate", "ben@example.com"])
    refused = client.submit("/sign-in", email=email, password=password)
    assert refused.status_code == 422
    assert "The email address or the password is wrong." in refused.text
    assert f'value="{email}"' in refused.text
    assert password not in refused.text.replace(email, "")


def test_an_empty_form_says_what_is_missing(client) -> None:
    refused = client.submit("/sign-in")
    assert refused.status_code == 422
    assert "Enter your email address." in refused.text
    assert "Enter your password." in refused.text


def test_after_sign_in_the_page_that_was_asked_for_comes(client, users) -> None:
    users("operator", "ann@example.com", password=PASSWORD)
    asked = client.get("/tokens?page=2")
    assert asked.location == "/sign-in?next=/tokens?page%3D2"
    assert client.submit(asked.location, email="ann@example.com", password=PASSWORD).location == "/tokens?page=2"
    assert client.get("/sign-in?next=/account").location == "/account", "who is signed in goes straight on"


def test_nobody_is_led_to_another_site(client, users) -> None:
    users("operator", "ann@example.com", password=PASSWORD)
    signed_in = client.submit("/sign-in?next=//evil.example", email="ann@example.com", password=PASSWORD)
    assert signed_in.location == "/"


def test_a_fragment_sends_the_whole_page_to_sign_in(client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/tokens?page=2"}
    answer = client.get("/tokens", headers=headers)
    assert (answer.status_code, answer.text) == (401, "")
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/tokens?page%3D2"
    restored = client.get("/tokens", headers=headers | {"HX-History-Restore-Request": "true"})
    assert restored.status_code == 302


def test_every_form_is_refused_without_its_token(app, sign_in) -> None:
    client = sign_in("admin")
    for path in ("/sign-out", "/account", "/tokens", "/users/new", "/users/1/deactivate"):
        refused = client.post(path, data={"email": "ann@example.com"})
        assert (refused.status_code, "This form has expired." in refused.text) == (400, True), path
    assert app.test_client().post("/sign-in").status_code == 400


def test_what_was_in_the_session_before_does_not_stay(client, users) -> None:
    users("operator", "ann@example.com", password=PASSWORD)
    with client.session_transaction() as session:
        session["planted"] = "by someone else"
    client.submit("/sign-in", email="ann@example.com", password=PASSWORD)
    with client.session_transaction() as session:
        assert "planted" not in session


def test_a_link_signs_in_once_and_asks_for_a_password(app, cli, client, users) -> None:
    link = link_for(cli, users("operator"))
    assert client.head(link).status_code == 204, "a preview doesn't use it up"
    assert client.get(link, headers={"Sec-Purpose": "prefetch;prerender"}).status_code == 204
    assert client.get(link).location == "/"
    assert "Set a password" in client.get("/account").text
    again = app.test_client().get(link)
    assert again.status_code == 410
    assert "This sign-in link has been used or has expired." in again.text
    assert "portal users link EMAIL" in again.text


def test_who_has_a_password_is_not_asked_to_set_one(cli, client, users) -> None:
    client.get(link_for(cli, users("operator", password=PASSWORD)))
    assert "Set a password" not in client.get("/account").text


def test_an_expired_link_says_so(app, cli, client, users) -> None:
    link = link_for(cli, users("operator"))
    with app.app_context(), writing(db.session):
        db.session.execute(update(SignInLink).values(expires_at=utcnow()))
    assert client.get(link).status_code == 410
    assert client.get("/account").status_code == 302


def test_attempts_are_limited_per_address_and_account(make_app) -> None:
    app = make_app(sign_in_limit="2 per minute")
    app.test_cli_runner().invoke(
        args=["users", "create", "ann@example.com", "--role", "admin", "--password-stdin"], input=PASSWORD
    )
    client = app.test_client()
    for _ in range(2):
        assert client.submit("/sign-in", email="ann@example.com", password="wrong").status_code == 422
    stopped = client.submit("/sign-in", email="ANN@example.com", password=PASSWORD)
    assert stopped.status_code == 429
    assert 0 < int(stopped.headers["Retry-After"]) <= 60
    assert "Too many attempts." in stopped.text
    assert client.submit("/sign-in", email="ben@example.com", password="wrong").status_code == 422


def test_signing_in_often_is_no_attack(make_app) -> None:
    app = make_app(sign_in_limit="2 per minute")
    app.test_cli_runner().invoke(
        args=["users", "create", "ann@example.com", "--role", "admin", "--password-stdin"], input=PASSWORD
    )
    for _ in range(4):
        signed_in = app.test_client().submit("/sign-in", email="ann@example.com", password=PASSWORD)
        assert signed_in.status_code == 302


def test_a_deactivated_account_is_out_at_once(app, cli, sign_in, users) -> None:
    ann = users("operator", "ann@example.com")
    client = sign_in(ann)
    cli.invoke(args=["users", "deactivate", ann.email])
    assert client.get("/account").status_code == 302
    cli.invoke(args=["users", "reactivate", ann.email])
    assert client.get("/account").status_code == 302, "the old session stays ended"


def test_a_page_costs_one_query_to_know_who_asks_and_one_for_its_header(app, sign_in, count_queries) -> None:
    client = sign_in("operator")
    with count_queries() as queries:
        client.get("/account")
    assert len(queries) == 2


def test_last_seen_is_kept(app, sign_in, users) -> None:
    ann = users("operator")
    client = sign_in(ann)
    with app.app_context(), writing(db.session):
        db.session.execute(update(User).values(last_seen_at=None))
    client.get("/account")
    with app.app_context():
        assert db.session.get(User, ann.id).last_seen_at is not None
