"""`portal webhooks`, here and at a portal elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.cli.conftest import Command
from tests.support.lab import drain
from tests.support.receiver import Receiver, allow, receiver


@pytest.fixture
def hooks(app: Flask) -> Iterator[Receiver]:
    with receiver() as made:
        allow(app, made.host)
        yield made


@pytest.fixture
def webhooks(portal: Command) -> Command:
    """`portal webhooks ...`, here and elsewhere."""
    return lambda *words: portal("webhooks", *words)


def test_the_life_of_a_webhook(app, webhooks, hooks: Receiver) -> None:
    assert webhooks("list") == (0, "There are no webhooks.\n", "")
    status, out, _ = webhooks("create", hooks.url, "--events", "run.failed,run.finished", "--importer", "airlines")
    assert (status, out.splitlines()[:-1]) == (
        0,
        [
            f"Webhook 1: {hooks.url}",
            "State: active",
            "Owner: root@example.com",
            "Events: run.finished, run.failed",
            "Importer: airlines",
        ],
    )
    secret = out.split()[-1]
    assert webhooks("secret", "1") == (0, f"{secret}\n", "")
    assert webhooks("test", "1") == (0, "1\n", "")
    assert webhooks("deliveries", "1", "--status", "pending")[1].splitlines()[1].split()[:4] == [
        "1",
        "ping",
        "pending",
        "0",
    ]
    with app.app_context():
        drain()
    assert hooks.received[0].is_signed_by(secret)
    shown = webhooks("delivery", "1", "1")[1]
    assert "Delivery 1: ping, delivered" in shown
    assert "Answer: 200" in shown
    assert webhooks("resend", "1", "1") == (0, "2\n", "")
    assert webhooks("pause", "1") == (0, "Webhook 1 is paused.\n", "")
    assert "paused" in webhooks("list")[1]
    assert webhooks("resume", "1") == (0, "Webhook 1 is active.\n", "")
    assert webhooks("rotate", "1")[1] != f"{secret}\n"
    assert "Importer: all" in webhooks("edit", "1", "--importer", "")[1]
    assert "Importer: all" in webhooks("show", "1")[1]
    assert webhooks("delete", "1") == (0, "Webhook 1 was deleted.\n", "")
    assert webhooks("deliveries", "1") == (1, "", "Error: There is no webhook 1.\n")


def test_each_that_prints_takes_json(webhooks, hooks: Receiver) -> None:
    status, out, _ = webhooks("create", hooks.url, "--events", "run.failed", "--json")
    made = json.loads(out)["data"]
    secret = made.pop("secret")
    assert (status, made["events"]) == (0, ["run.failed"])
    assert json.loads(webhooks("list", "--json")[1]) == {"data": [made]}
    assert json.loads(webhooks("show", "1", "--json")[1]) == {"data": made}
    assert json.loads(webhooks("secret", "1", "--json")[1]) == {"data": {"secret": secret}}
    test = json.loads(webhooks("test", "1", "--json")[1])
    assert json.loads(webhooks("delivery", "1", "1", "--json")[1]) == test
    assert json.loads(webhooks("deliveries", "1", "--json")[1]) == {"data": [test["data"]]}


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        (("create", "https://hooks.example.com/", "--events", "run.exploded"), (1, "run.finished")),
        (("create", "https://hooks.example.com/"), (2, "Say what it is told of: --events run.finished,")),
        (("create", "https://127.0.0.1/", "--events", "run.failed"), (1, "127.0.0.1 isn't a public address.")),
        (("create", "nonsense", "--events", "run.failed"), (1, "Enter an address such as")),
        (("show", "7"), (1, "There is no webhook 7.")),
        (("resend", "7", "1"), (1, "There is no webhook 7.")),
        (("edit", "7"), (2, "Say what is to change")),
        (("show", "seven"), (2, "'seven' is not a valid integer")),
    ],
)
def test_refusals(app, webhooks, words, refused: tuple[int, str]) -> None:
    allow(app, resolve=lambda host, _port: [host] if host[0].isdigit() else ["93.184.216.34"])
    done = webhooks(*words)
    assert (done[0], done[1]) == (refused[0], "")
    assert refused[1] in done[2]


def test_here_it_is_whose_one_says_or_the_first_administrator_s(command_here, users, hooks: Receiver) -> None:
    create = ("webhooks", "create", hooks.url, "--events", "run.failed")
    refused = command_here(*create)
    assert refused[0] == 1
    assert "Name an account with --owner." in refused[2]
    users("operator", "ann@example.com")
    assert "Owner: ann@example.com" in command_here(*create, "--owner", "ann@example.com")[1]
    users("admin")
    assert "Owner: admin@example.com" in command_here(*create)[1]


def test_elsewhere_it_is_the_token_s_owner_s(command_elsewhere, hooks: Receiver) -> None:
    done = command_elsewhere("webhooks", "create", hooks.url, "--events", "run.failed", "--owner", "ann@example.com")
    assert done[0] == 2
    assert "--owner works only on the portal's own machine" in done[2]
