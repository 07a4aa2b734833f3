"""One's own account: password and sessions."""

from __future__ import annotations

import pytest

PASSWORD, NEW = "correct horse battery", "a new and better one"


@pytest.fixture
def ann(users):
    return users("operator", "ann@example.com", password=PASSWORD)


@pytest.fixture
def browser(app, ann):
    """Signs in with the password, so that the current one is asked for."""

    def open_browser():
        client = app.test_client()
        assert client.submit("/sign-in", email=ann.email, password=PASSWORD).status_code == 302
        return client

    return open_browser


def test_a_new_password_signs_out_the_other_browsers(app, browser) -> None:
    here, there = browser(), browser()
    changed = here.submit("/account", current=PASSWORD, new=NEW)
    assert changed.status_code == 302
    assert "The password is changed." in here.get("/account").text
    assert there.get("/account").status_code == 302
    assert app.test_client().submit("/sign-in", email="ann@example.com", password=PASSWORD).status_code == 422
    assert app.test_client().submit("/sign-in", email="ann@example.com", password=NEW).status_code == 302


@pytest.mark.parametrize(
    ("current", "new", "why"),
    [
        ("wrong", NEW, "This isn&#39;t your password."),
        ("", NEW, "This isn&#39;t your password."),
        (PASSWORD, "", "Enter a new password."),
        (PASSWORD, "short", "Use at least 10 characters."),
        (PASSWORD, "ann@example.com", "Use something other than your email address."),
    ],
)
def test_a_refused_change_says_why_beside_the_field(browser, current, new, why) -> None:
    client = browser()
    refused = client.submit("/account", current=current, new=new)
    assert refused.status_code == 422
    assert why in refused.text


def test_who_comes_by_a_link_may_have_forgotten_the_password(ann, sign_in) -> None:
    client = sign_in(ann)
    assert 'name="current"' not in client.get("/account").text
    assert client.submit("/account", new=NEW).status_code == 302
    assert 'name="current"' in client.get("/account").text, "once it is set, it is asked for again"


def test_a_first_password_needs_no_current_one(sign_in) -> None:
    client = sign_in("auditor")
    assert "Set a password" in client.get("/account").text
    assert client.submit("/account", new=NEW).status_code == 302


def test_signing_out_everywhere_keeps_this_browser(browser) -> None:
    here, there = browser(), browser()
    here.submit("/account", "/account/sign-out-everywhere")
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302


def test_guessing_the_current_password_is_limited(make_app) -> None:
    app = make_app(sign_in_limit="2 per minute")
    app.test_cli_runner().invoke(
        args=["users", "create", "ann@example.com", "--role", "admin", "--password-stdin"], input=PASSWORD
    )
    client = app.test_client()
    client.submit("/sign-in", email="ann@example.com", password=PASSWORD)
    answers = [client.submit("/account", current="a guess", new=NEW).status_code for _ in range(3)]
    assert answers == [422, 422, 429]
