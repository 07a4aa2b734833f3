"""`portal users` and `portal tokens`, at the portal here and at one elsewhere."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest


def test_an_account_with_a_password_from_standard_input(portal, client) -> None:
    assert portal(
        "users",
        "create",
        "Ann@Example.com",
        "--role",
        "admin",
        "--password-stdin",
        stdin="correct horse battery\n",
    ) == (0, "Created ann@example.com (admin).\n", "")
    signed_in = client.submit("/sign-in", email="ann@example.com", password="correct horse battery")
    assert signed_in.status_code == 302


def test_an_account_as_json(portal) -> None:
    status, out, _ = portal("users", "create", "ann@example.com", "--role", "auditor", "--json")
    made = json.loads(out)["data"]
    assert status == 0
    assert (made["email"], made["role"], made["is_active"], made["last_seen_at"]) == (
        "ann@example.com",
        "auditor",
        True,
        None,
    )
    assert made["created_at"].endswith("Z")
    assert made in json.loads(portal("users", "list", "--json")[1])["data"]


@pytest.mark.parametrize(
    ("words", "stdin", "why"),
    [
        (("users", "create", "ann@example.com", "--role", "admin"), "", "There is already an account for ann@"),
        (("users", "create", "nonsense", "--role", "admin"), "", "'nonsense' isn't an email address."),
        (("users", "create", "b@example.com", "--role", "admin", "--password-stdin"), "short\n", "at least 10"),
        (("users", "create", "b@example.com", "--role", "admin", "--password-stdin"), "", "at least 10"),
        (("users", "link", "ghost@example.com"), "", "There is no account for ghost@example.com."),
        (("users", "role", "ghost@example.com", "admin"), "", "There is no account for ghost@example.com."),
        (("tokens", "create", "ghost@example.com"), "", "There is no account for ghost@example.com."),
        (("tokens", "create", "ann@example.com", "--expires", "366"), "", "365"),
        (("tokens", "create", "ann@example.com", "--expires", "0"), "", "1"),
        (("tokens", "revoke", "77"), "", "There is no such token."),
    ],
)
def test_a_refusal_is_one_line_on_standard_error(portal, users, words, stdin, why) -> None:
    users("admin", "ann@example.com")
    status, out, err = portal(*words, stdin=stdin)
    assert (status, out) == (1, "")
    assert why in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("words", [("deactivate", "ann@example.com"), ("role", "ann@example.com", "auditor")])
def test_the_last_administrator_stays(command_here, users, words) -> None:
    users("admin", "ann@example.com")
    status, out, err = command_here("users", *words)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "last active administrator" in err


def test_ones_own_account_stays_as_it_is(command_elsewhere) -> None:
    status, out, err = command_elsewhere("users", "deactivate", "root@example.com")
    assert (status, out) == (1, "")
    assert err == "Error: You can't deactivate your own account. Ask another administrator to do it.\n"


@pytest.mark.parametrize(
    "words",
    [
        ("users", "create", "ann@example.com"),
        ("users", "create", "ann@example.com", "--role", "owner"),
        ("users", "create"),
        ("tokens", "create", "ann@example.com", "--expires", "soon"),
        ("tokens", "create", "ann@example.com", "--role", "king"),
        ("tokens", "revoke", "0"),
        ("users", "frobnicate"),
    ],
)
def test_wrong_usage_is_status_2(portal, words) -> None:
    assert portal(*words)[0] == 2


def test_a_link_signs_in_once(portal, users, client) -> None:
    users("admin", "ann@example.com")
    status, link, _ = portal("users", "link", "ANN@example.com")
    path = urlsplit(link.strip()).path
    assert status == 0
    assert client.get(path).status_code == 302
    assert client.get("/account").status_code == 200
    assert client.get(path).status_code == 410
    _, whole, _ = portal("users", "link", "ann@example.com", "--base-url", "http://127.0.0.1:8000/")
    assert whole.startswith("http://127.0.0.1:8000/sign-in/link/")
    answer = json.loads(portal("users", "link", "ann@example.com", "--json")[1])["data"]
    assert (answer["email"], answer["minutes"]) == ("ann@example.com", 15)


def test_a_link_of_a_portal_elsewhere_has_its_address(command_elsewhere) -> None:
    assert command_elsewhere("users", "link", "root@example.com")[1].startswith("http://127.0.0.1:")


def test_a_token_stands_alone_on_standard_output(portal, users) -> None:
    users("operator", "ann@example.com")
    words = ("--name", "nightly", "--expires", "7", "--role", "reader")
    status, out, err = portal("tokens", "create", "ann@example.com", *words)
    assert (status, err) == (0, "")
    assert out.startswith("ptl_")
    assert out.count("\n") == 1
    listed = portal("tokens", "list", "ann@example.com")[1].splitlines()
    assert len(listed) == 2
    assert listed[1].split()[1:4] == [f"{out[:8]}…", "reader", "active"]
    assert listed[1].endswith("nightly")


def test_tokens_are_listed_and_revoked(portal, users) -> None:
    users("operator", "ann@example.com")
    made = json.loads(portal("tokens", "create", "ann@example.com", "--json")[1])["data"]
    assert made["token"].startswith(made["prefix"])
    assert portal("tokens", "revoke", str(made["id"])) == (0, f"Token {made['id']} no longer works.\n", "")
    [listed] = json.loads(portal("tokens", "list", "Ann@example.com", "--json")[1])["data"]
    assert listed["state"] == "revoked"
    assert "token" not in listed
    assert portal("tokens", "revoke", str(made["id"]))[0] == 1


def test_roles_and_states_change(portal, users) -> None:
    users("admin", "boss@example.com")
    users("operator", "ann@example.com")
    assert portal("users", "role", "ann@example.com", "auditor")[1] == "ann@example.com is now auditor.\n"
    assert portal("users", "deactivate", "ann@example.com")[0] == 0
    assert ["ann@example.com", "auditor", "deactivated"] in states(portal)
    assert portal("users", "reactivate", "ann@example.com")[0] == 0
    assert ["ann@example.com", "auditor", "active"] in states(portal)


def states(portal) -> list[list[str]]:
    return [line.split() for line in portal("users", "list")[1].splitlines()]


def test_lists_are_whole_however_long_they_are(portal, app, users) -> None:
    for number in range(101):
        users("auditor", f"user{number}@example.com")
    listed = json.loads(portal("users", "list", "--json")[1])["data"]
    assert len({user["email"] for user in listed if user["role"] == "auditor"}) == 101
    assert portal("users", "link", "user99@example.com")[0] == 0


def test_empty_lists_say_so(portal, users) -> None:
    users("operator", "ann@example.com")
    assert portal("tokens", "list", "ann@example.com")[1] == "There are no tokens.\n"


def test_a_portal_without_accounts_says_so(command_here) -> None:
    assert command_here("users", "list")[1] == "There are no accounts.\n"
