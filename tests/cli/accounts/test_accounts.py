"""`portal users` and `portal tokens`."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def portal(cli):
    """Runs a command and gives (exit status, standard output, standard error)."""

    def run(*words: str, stdin: str = "") -> tuple[int, str, str]:
        done = cli.invoke(args=list(words), input=stdin)
        return done.exit_code, done.stdout, done.stderr

    return run


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
    made = json.loads(out)
    assert status == 0
    assert (made["email"], made["role"], made["is_active"], made["last_seen_at"]) == (
        "ann@example.com",
        "auditor",
        True,
        None,
    )
    assert made["created_at"].endswith("Z")
    assert json.loads(portal("users", "list", "--json")[1]) == {"data": [made]}


@pytest.mark.parametrize(
    ("words", "stdin", "why"),
    [
        (
            ("users", "create", "ann@example.com", "--role", "admin"),
            "",
            "There is already an account for ann@",
        ),
        (("users", "create", "nonsense", "--role", "admin"), "", "'nonsense' isn't an email address."),
        (
            ("users", "create", "b@example.com", "--role", "admin", "--password-stdin"),
            "short\n",
            "at least 10",
        ),
        (("users", "create", "b@example.com", "--role", "admin", "--password-stdin"), "", "at least 10"),
        (("users", "link", "ghost@example.com"), "", "There is no account for ghost@example.com."),
        (("users", "deactivate", "ann@example.com"), "", "last active administrator"),
        (("users", "role", "ann@example.com", "auditor"), "", "last active administrator"),
        (("tokens", "create", "ghost@example.com"), "", "There is no account for ghost@example.com."),
        (("tokens", "create", "ann@example.com", "--expires", "366"), "", "from 1 to 365 days"),
        (("tokens", "create", "ann@example.com", "--expires", "0"), "", "from 1 to 365 days"),
        (("tokens", "create", "ann@example.com", "--name", " "), "", "needs a name"),
        (("tokens", "revoke", "7"), "", "There is no such token."),
    ],
)
def test_a_refusal_is_one_line_on_standard_error(portal, users, words, stdin, why) -> None:
    users("admin", "ann@example.com")
    status, out, err = portal(*words, stdin=stdin)
    assert (status, out) == (1, "")
    assert why in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ("users", "create", "ann@example.com"),
        ("users", "create", "ann@example.com", "--role", "owner"),
        ("users", "create"),
        ("tokens", "create", "ann@example.com", "--expires", "soon"),
        ("users", "frobnicate"),
    ],
)
def test_wrong_usage_is_status_2(portal, words) -> None:
    assert portal(*words)[0] == 2


def test_a_link_signs_in_once(portal, users, client) -> None:
    users("admin", "ann@example.com")
    status, link, _ = portal("users", "link", "ANN@example.com")
    assert status == 0
    assert client.get(link.strip()).status_code == 302
    assert client.get("/account").status_code == 200
    assert client.get(link.strip()).status_code == 410
    _, whole, _ = portal("users", "link", "ann@example.com", "--base-url", "http://127.0.0.1:8000/")
    assert whole.startswith("http://127.0.0.1:8000/sign-in/link/")
    answer = json.loads(portal("users", "link", "ann@example.com", "--json")[1])
    assert (answer["email"], answer["minutes"]) == ("ann@example.com", 15)


def test_a_token_stands_alone_on_standard_output(portal, users) -> None:
    users("operator", "ann@example.com")
    status, out, err = portal("tokens", "create", "ann@example.com", "--name", "nightly", "--expires", "7")
    assert (status, err) == (0, "")
    assert out.startswith("ptl_")
    assert out.count("\n") == 1
    listed = portal("tokens", "list", "ann@example.com")[1]
    assert "nightly" in listed
    assert out.strip() not in listed


def test_tokens_are_listed_and_revoked(portal, users) -> None:
    users("operator", "ann@example.com")
    made = json.loads(portal("tokens", "create", "ann@example.com", "--json")[1])
    assert made["token"].startswith(made["prefix"])
    assert portal("tokens", "revoke", str(made["id"]))[0] == 0
    [listed] = json.loads(portal("tokens", "list", "ann@example.com", "--json")[1])["data"]
    assert listed["state"] == "revoked"
    assert "token" not in listed


def test_roles_and_states_change(portal, users) -> None:
    users("admin", "boss@example.com")
    users("operator", "ann@example.com")
    assert portal("users", "role", "ann@example.com", "auditor")[1] == "ann@example.com is now auditor.\n"
    assert portal("users", "deactivate", "ann@example.com")[0] == 0
    assert "ann@example.com  auditor  deactivated" in portal("users", "list")[1]
    assert portal("users", "reactivate", "ann@example.com")[0] == 0
    assert "deactivated" not in portal("users", "list")[1]


def test_empty_lists_say_so(portal, users) -> None:
    assert portal("users", "list")[1] == "There are no accounts.\n"
    users("operator", "ann@example.com")
    assert portal("tokens", "list", "ann@example.com")[1] == "There are no tokens.\n"
