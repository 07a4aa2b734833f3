"""The pages of webhooks."""

from __future__ import annotations

import re

import pytest

from portal.database import utcnow
from tests.support.receiver import allow
from tests.support.web import Handler

NEW = {"url": "https://hooks.example.com/in", "events": ["run.failed"], "importer": ""}


def made(client, **values):
    return client.submit("/webhooks/new", **(NEW | values))


def test_a_webhook_is_made_shown_edited_and_deleted(sign_in) -> None:
    client = sign_in()
    assert "No webhooks yet" in client.get("/webhooks/").text
    assert made(client, importer="airlines").location == "/webhooks/1"
    shown = client.get("/webhooks/1").text
    assert "The webhook was created." in shown
    assert "https://hooks.example.com/in is told of run.failed." in shown
    assert "Airlines" in shown
    assert "Nothing was sent yet" in shown
    assert "https://hooks.example.com/in" in client.get("/webhooks/").text
    edited = client.submit("/webhooks/1/edit", url="http://other.example.com/", events=["run.finished", "run.failed"])
    assert edited.location == "/webhooks/1"
    shown = client.get("/webhooks/1").text
    assert "url: https://hooks.example.com/in became http://other.example.com/." in shown
    assert "events: run.failed became run.finished, run.failed." in shown
    assert client.submit("/webhooks/1", "/webhooks/1/delete").location == "/webhooks/"
    assert "Webhook 1 was deleted." in client.get("/webhooks/").text
    assert client.get("/webhooks/1").status_code == 404


def test_a_deleted_webhook_leaves_its_number_and_timeline_to_nobody(sign_in) -> None:
    client = sign_in()
    made(client)
    client.submit("/webhooks/1", "/webhooks/1/delete")
    assert made(client).location == "/webhooks/2"
    assert client.get("/webhooks/2").text.count("Created</strong>") == 1


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"url": ""}, "Enter an address."),
        ({"url": "hooks"}, "Enter an address such as https://example.com/hooks"),
        ({"url": "ftp://example.com/"}, "Enter an address such as"),
        ({"url": "https://a b/"}, "Enter an address such as"),
        ({"url": "https://example.com/#part"}, "Enter an address such as"),
        ({"url": "https://example.com:70000/"}, "Enter an address such as"),
        ({"url": "https://exa\u202emple.com/"}, "Enter an address such as"),
        ({"url": "https://[::1/"}, "Enter an address such as"),
        ({"url": "https://ann:secret@example.com/"}, "Leave user and password out"),
        ({"url": "https://example.com/" + "x" * 2000}, "Use at most 2,000 characters."),
        ({"events": []}, "Choose at least one event."),
        ({"events": ["run.exploded"]}, "not a valid choice"),
        ({"importer": "nothing"}, "Not a valid choice"),
    ],
)
def test_a_refused_webhook_says_why_and_keeps_what_was_typed(sign_in, values, why) -> None:
    refused = made(sign_in(), **values)
    assert refused.status_code == 422
    assert why in refused.text
    assert values.get("url", NEW["url"])[:30].replace("&", "&amp;") in refused.text


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.1", "224.0.0.1"]
)
def test_a_private_address_is_refused_under_any_name(app, sign_in, address) -> None:
    allow(app, resolve=lambda _host, _port: ["93.184.216.34", address])
    refused = made(sign_in())
    assert refused.status_code == 422
    assert "hooks.example.com isn&#39;t at a public address." in refused.text
    assert "PORTAL_URL_ALLOW" in refused.text


def test_a_name_that_is_not_known_yet_is_taken(app, sign_in) -> None:
    def unknown(_host: str, _port: int) -> list[str]:
        raise OSError("no such host")

    allow(app, resolve=unknown)
    assert made(sign_in()).status_code == 302


def test_the_secret_is_shown_to_those_who_may_change_it_and_can_be_changed(sign_in, users) -> None:
    client = sign_in()
    made(client)
    first = secret_in(client.get("/webhooks/1/secret"))
    assert first not in client.get("/webhooks/1").text
    assert client.submit("/webhooks/1", "/webhooks/1/rotate").location == "/webhooks/1/secret"
    assert secret_in(client.get("/webhooks/1/secret")) != first
    assert sign_in(users("auditor")).get("/webhooks/1/secret").status_code == 403
    assert sign_in(users("operator", "other@example.com")).get("/webhooks/1/secret").status_code == 404


def test_a_test_is_sent_its_answer_shown_and_sent_again(hooks, sign_in, work) -> None:
    hooks.answer(lambda handler: handler.give(500, b"<b>broken</b>\x1b[31m"), 200)
    client = sign_in()
    made(client, url=hooks.url)
    assert client.submit("/webhooks/1", "/webhooks/1/test").location == "/webhooks/1/deliveries/1"
    assert 'hx-trigger="every 1s"' in client.get("/webhooks/1/deliveries/1").text
    work()
    shown = client.get("/webhooks/1/deliveries/1").text
    assert "It answers 500 instead of a status from 200 to 299." in shown
    assert "&lt;b&gt;broken&lt;/b&gt;" in shown
    assert "/deliveries/1/resend" not in shown, "It is still being tried."
    client.submit("/webhooks/1", "/webhooks/1/test")
    work()
    again = client.submit("/webhooks/1/deliveries/2", "/webhooks/1/deliveries/2/resend")
    assert again.location == "/webhooks/1/deliveries/3"
    work()
    shown = client.get("/webhooks/1/deliveries/3").text
    assert "Delivered" in shown
    assert 'hx-trigger="every 1s"' not in shown
    assert 'href="/webhooks/1/deliveries/2"' in shown
    ids = [message.headers["webhook-id"] for message in hooks.received]
    assert ids[1] == ids[2] != ids[0]
    timeline = client.get("/webhooks/1").text
    assert "Delivery 2 is sent again as 3." in timeline
    assert "operator@example.com" in timeline


def test_pages_that_are_opened_while_a_message_is_being_sent_look_again(hooks, sign_in, work) -> None:
    client = sign_in()
    made(client, url=hooks.url)
    client.submit("/webhooks/1", "/webhooks/1/test")
    seen = []

    def look_at_it(handler: Handler) -> None:
        seen.extend(client.get(address).text for address in ("/webhooks/1", "/webhooks/1/deliveries/1"))
        handler.give(500, b"broken")

    hooks.answer(look_at_it, look_at_it)
    work()
    assert len(seen) == 2
    for shown in seen:
        assert "Being sent" in shown
        assert 'hx-trigger="every 1s"' in shown


def test_deliveries_are_filtered_and_paged(sign_in, note_deliveries) -> None:
    client = sign_in()
    made(client)
    note_deliveries(30, status="delivered", next_attempt_at=None, completed_at=utcnow())
    note_deliveries(1, status="failed", next_attempt_at=None, completed_at=utcnow(), error="It answers 500.")
    shown = client.get("/webhooks/1").text
    assert "Deliveries 1–25 of 31" in shown
    assert "The last delivery failed." in shown
    assert "It answers 500." in shown
    assert "Deliveries 26–31 of 31" in client.get("/webhooks/1?page=2").text
    failed = client.get("/webhooks/1?status=failed").text
    assert "Deliveries 1–1 of 1" in failed
    assert "No delivery matches" in client.get("/webhooks/1?status=pending").text
    assert client.get("/webhooks/1?status=nonsense&page=x").status_code == 200


def test_pausing_and_resuming(sign_in) -> None:
    client = sign_in()
    made(client)
    client.submit("/webhooks/1", "/webhooks/1/pause")
    shown = client.get("/webhooks/1").text
    assert "Nothing is sent while it is paused." in shown
    assert "/webhooks/1/test" not in shown
    token = re.search(r'name="csrf_token" value="([^"]+)"', shown)[1]
    refused = client.post("/webhooks/1/test", data={"csrf_token": token})
    assert refused.status_code == 409
    assert "Webhook 1 is paused" in refused.text
    client.submit("/webhooks/1", "/webhooks/1/resume")
    assert "/webhooks/1/test" in client.get("/webhooks/1").text


@pytest.mark.parametrize(
    ("role", "statuses"), [("operator", (404, 404)), ("auditor", (200, 403)), ("admin", (200, 302))]
)
def test_what_others_may_do_with_it(sign_in, users, note_deliveries, role, statuses) -> None:
    sees, changes = statuses
    made(sign_in(users("operator", "ann@example.com")))
    note_deliveries(1, status="delivered", next_attempt_at=None)
    other = sign_in(users(role, "ben@example.com"))
    assert other.get("/webhooks/1").status_code == sees
    assert other.get("/webhooks/1/deliveries/1").status_code == sees
    assert ("hooks.example.com" in other.get("/webhooks/").text) == (sees == 200)
    token = re.search(r'name="csrf_token" value="([^"]+)"', other.get("/account").text)[1]
    for action in ("pause", "resume", "test", "rotate", "deliveries/1/resend", "delete"):
        assert other.post(f"/webhooks/1/{action}", data={"csrf_token": token}).status_code == changes, action
    if role == "auditor":
        assert "/webhooks/1/delete" not in other.get("/webhooks/1").text


def test_a_closed_account_is_pointed_out(app, sign_in, users) -> None:
    ann = users("operator", "ann@example.com")
    made(sign_in(ann))
    admin = sign_in("admin")
    admin.submit(f"/users/{ann.id}", f"/users/{ann.id}/deactivate")
    assert "The account of its owner is deactivated." in admin.get("/webhooks/1").text
    assert "Owner deactivated" in admin.get("/webhooks/").text


def secret_in(page) -> str:
    return re.search(r'value="(whsec_[\w+/=]{44})"', page.text)[1]


def test_each_page_leads_to_its_json(sign_in, note_deliveries) -> None:
    client = sign_in()
    made(client)
    note_deliveries(1)
    for page in ("", "1", "1/edit", "1/secret", "1/deliveries/1"):
        address = re.search(r'href="([^"]+)">This page as JSON', client.get(f"/webhooks/{page}").text)[1]
        assert client.get(address).status_code == 200
