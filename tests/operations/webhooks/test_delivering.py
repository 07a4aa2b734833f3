"""How messages are sent: once by one sender, again with growing pauses, never where they may not go."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import timedelta

import pytest
import trustme

from portal import timeline
from portal.database import utcnow
from portal.extensions import db, huey
from portal.webhooks import operations, queries, tasks
from portal.webhooks.engine import delivering
from portal.webhooks.engine.delivering import Sender
from portal.webhooks.engine.outcomes import PAUSES
from portal.webhooks.models import LEASE, DeliveryStatus, WebhookDelivery
from tests.support.at_once import at_once
from tests.support.lab import SOMEONE, Lab
from tests.support.receiver import Receiver, allow, receiver
from tests.support.running import free_port
from tests.support.web import Handler


@pytest.fixture
def send(lab: Lab, deliveries) -> Callable[[int], WebhookDelivery]:
    """Sends a test to the webhook; gives the delivery as it is after the first attempt."""

    def send(webhook_id: int) -> WebhookDelivery:
        operations.send_test(webhook_id, actor=SOMEONE)
        lab.drain()
        return deliveries()[-1]

    return send


@pytest.fixture
def again(lab: Lab, deliveries, let_time_pass) -> Callable[[], WebhookDelivery]:
    """Lets all pauses be over; gives the latest delivery as it is then."""

    def again() -> WebhookDelivery:
        let_time_pass()
        tasks.enqueue_due(queue_is_empty=True)
        lab.drain()
        return deliveries()[-1]

    return again


def test_an_answer_is_kept(send, hooks: Receiver, webhook) -> None:
    sent = send(webhook())
    assert (sent.status, sent.attempts, sent.answer_status, sent.answer_body) == ("delivered", 1, 200, "thank you")
    assert sent.error is None
    assert sent.next_attempt_at is None
    assert sent.milliseconds >= 0
    assert sent.completed_at >= sent.created_at
    assert hooks.received[0].headers["webhook-id"] == sent.message_id
    assert hooks.received[0].json == sent.payload
    assert hooks.received[0].json["type"] == "ping"


def test_a_refusal_is_tried_again_with_growing_pauses_until_it_is_given_up(send, again, hooks, webhook) -> None:
    hooks.answer(500)
    webhook_id = webhook()
    sent = send(webhook_id)
    for number, pause in enumerate(PAUSES, start=1):
        assert (sent.status, sent.attempts, sent.answer_status) == (DeliveryStatus.PENDING, number, 500)
        assert sent.error == "It answers 500 instead of a status from 200 to 299."
        waits = (sent.next_attempt_at - utcnow()).total_seconds()
        assert pause - 5 < waits <= pause * 1.1
        sent = again()
    assert (sent.status, sent.attempts, sent.next_attempt_at) == (DeliveryStatus.FAILED, 8, None)
    assert len(hooks.received) == 8
    assert {message.headers["webhook-id"] for message in hooks.received} == {sent.message_id}
    assert again().attempts == 8
    last = timeline.events_of(db.session, "webhook", webhook_id)[-1]
    assert (last.event_type, last.actor_label) == ("Delivery failed", None)
    assert last.message == f"Delivery {sent.id} was given up. {sent.error}"
    assert queries.last_failed(queries.webhook_of(None, webhook_id)).id == sent.id


def test_one_that_recovers_gets_it(send, again, hooks, webhook) -> None:
    hooks.answer(503, lambda handler: handler.cut(), 204)
    webhook_id = webhook()
    send(webhook_id)
    assert again().error == "127.0.0.1 took the connection but gave no answer."
    sent = again()
    assert (sent.status, sent.attempts, sent.answer_status, sent.error) == (DeliveryStatus.DELIVERED, 3, 204, None)
    assert queries.last_failed(queries.webhook_of(None, webhook_id)) is None


def test_nothing_is_sent_before_its_time(send, hooks, webhook, lab: Lab) -> None:
    hooks.answer(500)
    delivery_id = send(webhook()).id
    tasks.deliver(delivery_id)
    tasks.enqueue_due(queue_is_empty=True)
    lab.drain()
    assert len(hooks.received) == 1


def test_a_clock_that_was_set_back_puts_nothing_off_for_ever(send, hooks, webhook, lab: Lab) -> None:
    hooks.answer(500, 200)
    send(webhook())
    lab.write("UPDATE webhook_deliveries SET next_attempt_at = '2199-01-01 00:00:00.000000'")
    tasks.enqueue_due(queue_is_empty=False)
    lab.drain()
    assert len(hooks.received) == 2


@pytest.mark.parametrize(("asked", "waits"), [("7200", 7200), ("1", 10), ("99999999", 12 * 3600), ("soon", 10)])
def test_a_receiver_may_ask_for_patience(send, hooks, webhook, asked: str, waits: int) -> None:
    hooks.answer(lambda handler: handler.give(429, Retry_After=asked))
    sent = send(webhook())
    seconds = (sent.next_attempt_at - utcnow()).total_seconds()
    assert waits - 5 < seconds <= waits * 1.1


def test_gone_pauses_the_webhook(send, hooks, webhook, deliveries) -> None:
    hooks.answer(410)
    webhook_id = webhook()
    sent = send(webhook_id)
    assert (sent.status, sent.attempts) == (DeliveryStatus.FAILED, 1)
    assert sent.error == "It answers 410: it wants no more messages, so the webhook was paused."
    assert not queries.webhook_of(None, webhook_id).is_active
    titles = [event.event_type for event in timeline.events_of(db.session, "webhook", webhook_id)]
    assert titles[-2:] == ["Delivery failed", "Paused"]


def test_a_redirect_is_not_followed(send, hooks, webhook) -> None:
    with receiver() as elsewhere:
        hooks.answer(lambda handler: handler.give(307, Location=elsewhere.url))
        sent = send(webhook())
        assert not elsewhere.received
    assert sent.answer_status == 307
    assert sent.error == "It answers 307, a redirect, which isn’t followed: put the final address into the webhook."


def test_an_answer_that_never_ends_is_cut(send, hooks, webhook) -> None:
    def endless(handler: Handler) -> None:
        handler.begin(500, Transfer_Encoding="chunked")
        for _ in range(10_000):
            handler.wfile.write(b"400\r\n" + b"x" * 1024 + b"\r\n")
        handler.wfile.write(b"0\r\n\r\n")

    hooks.answer(endless)
    sent = send(webhook())
    assert (sent.answer_status, sent.answer_body) == (500, "x" * 1000)


def test_an_answer_of_bytes_that_are_no_text_is_kept_as_far_as_it_can_be(send, hooks, webhook) -> None:
    hooks.answer(lambda handler: handler.give(400, b"a\0b\xffc"))
    assert send(webhook()).answer_body == "a\ufffdb\ufffdc"


def test_one_that_is_silent_is_not_waited_for(app, send, hooks, webhook) -> None:
    allow(app, hooks.host, silence_seconds=0.1)
    hooks.answer(lambda _handler: hooks.released.wait(30))
    sent = send(webhook())
    assert sent.error == "127.0.0.1 took the connection but gave no answer."
    assert sent.answer_status is None


@pytest.mark.parametrize("line", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"])
def test_one_that_sends_a_byte_now_and_then_is_cut_in_time(app, send, hooks, webhook, line: bytes) -> None:
    """Each byte comes in time, so that no limit on silence would ever end it."""

    def drip(handler: Handler) -> None:
        handler.wfile.write(line)
        while not hooks.released.wait(0.05):
            handler.wfile.write(b"x")
            handler.wfile.flush()

    allow(app, hooks.host, silence_seconds=5, whole_seconds=0.4)
    hooks.answer(drip)
    sent = send(webhook())
    assert 350 < sent.milliseconds < 4000
    assert sent.status == (DeliveryStatus.DELIVERED if b"Length" in line else DeliveryStatus.PENDING)


def test_one_that_is_not_there(app, send, hooks, webhook) -> None:
    port = free_port()
    allow(app, hooks.host, f"127.0.0.1:{port}")
    webhook_id = webhook()
    operations.edit_webhook(webhook_id, url=f"http://127.0.0.1:{port}/", actor=SOMEONE)
    assert send(webhook_id).error == f"127.0.0.1 can't be reached at port {port}."


def test_a_name_that_leads_to_a_private_address_later_is_not_connected_to(app, send, hooks, webhook) -> None:
    """DNS rebinding: public when the webhook was made, the loopback when something is sent."""
    port = int(hooks.host.rpartition(":")[2])
    found = ["93.184.216.34"]
    allow(app, resolve=lambda _host, _port: found)
    webhook_id = webhook(url=f"http://rebinding.example.com:{port}/")
    found[:] = ["127.0.0.1"]
    sent = send(webhook_id)
    assert sent.error == "rebinding.example.com isn't at a public address."
    assert (sent.status, sent.answer_status, hooks.received) == (DeliveryStatus.PENDING, None, [])


def test_a_private_host_that_is_named_is_told(app, send, hooks, webhook) -> None:
    port = int(hooks.host.rpartition(":")[2])
    allow(app, f"hooks.example.com:{port}", resolve=lambda _host, _port: ["127.0.0.1"])
    assert send(webhook(url=f"http://hooks.example.com:{port}/a?b=c")).status == DeliveryStatus.DELIVERED
    assert hooks.received[0].path == "/a?b=c"
    assert hooks.received[0].headers["Host"] == f"hooks.example.com:{port}"


def test_proxies_of_the_environment_are_not_used(send, hooks, webhook, monkeypatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    assert send(webhook()).status == DeliveryStatus.DELIVERED


class TestHTTPS:
    @pytest.fixture
    def authority(self) -> trustme.CA:
        return trustme.CA()

    def test_the_name_is_verified(self, app, send, webhook, authority: trustme.CA) -> None:
        server, client = _contexts(authority, "hooks.example.com")
        with receiver(server) as secure:
            url = self._trust(app, secure, client, "hooks.example.com")
            assert send(webhook(url=url)).status == DeliveryStatus.DELIVERED
            assert secure.received[0].headers["Host"] == url.split("/")[2]

    def test_a_host_that_cannot_prove_who_it_is_gets_nothing(self, app, send, webhook, authority) -> None:
        server, client = _contexts(authority, "other.example.com")
        with receiver(server) as secure:
            sent = send(webhook(url=self._trust(app, secure, client, "hooks.example.com")))
            assert not secure.received
        assert sent.error.startswith("hooks.example.com can't prove who it is: Hostname mismatch")

    def _trust(self, app, secure: Receiver, client, name: str) -> str:
        port = secure.host.rpartition(":")[2]
        allow(app, f"{name}:{port}", resolve=lambda _host, _port: ["127.0.0.1"], tls=lambda: client)
        return f"https://{name}:{port}/"


def test_two_senders_at_once_send_once(app, lab: Lab, hooks: Receiver, webhook, deliveries) -> None:
    hooks.answer(lambda handler: (hooks.released.wait(0.3), handler.give(200)))
    webhook_id = webhook()
    delivery_id = operations.send_test(webhook_id, actor=SOMEONE).id
    at_once(app, *[lambda: delivering.deliver(_sender(app), delivery_id)] * 4)
    assert len(hooks.received) == 1
    assert [(sent.status, sent.attempts) for sent in deliveries()] == [(DeliveryStatus.DELIVERED, 1)]


def test_the_message_of_a_sender_that_died_is_sent_by_another(lab, hooks, webhook, again, deliveries) -> None:
    delivery_id = operations.send_test(webhook(), actor=SOMEONE).id
    assert delivering._claim(db.session, delivery_id) == 1
    lab.drain()
    assert hooks.received == []
    (held,) = deliveries()
    assert timedelta(0) < held.next_attempt_at - utcnow() <= LEASE
    assert (again().status, len(hooks.received)) == (DeliveryStatus.DELIVERED, 1)


def test_a_sender_that_was_taken_for_dead_changes_nothing(app, hooks, webhook, again, deliveries) -> None:
    hooks.answer(lambda handler: (hooks.released.wait(30), handler.give(500)), 200)
    delivery_id = operations.send_test(webhook(), actor=SOMEONE).id

    def slow() -> None:
        delivering.deliver(_sender(app), delivery_id)

    def quick() -> None:
        assert hooks.came.wait(30)
        again()
        hooks.released.set()

    at_once(app, slow, quick)
    assert [(sent.status, sent.attempts, sent.answer_status) for sent in deliveries()] == [("delivered", 2, 200)]


def test_one_silent_receiver_does_not_take_all_threads(app, lab, hooks, webhook, deliveries) -> None:
    hooks.answer(lambda handler: (hooks.released.wait(30), handler.give(200)))
    webhook_id = webhook()
    first, second = (operations.send_test(webhook_id, actor=SOMEONE).id for _ in range(2))

    def wait() -> None:
        tasks.deliver.call_local(first)

    def go_past() -> None:
        assert hooks.came.wait(30)
        tasks.deliver.call_local(second)
        went_past.append([sent.attempts for sent in deliveries() if sent.id == second])
        hooks.released.set()

    went_past: list[list[int]] = []
    at_once(app, wait, go_past)
    assert went_past == [[0]], "It waits for nobody."
    assert [(sent.id, sent.attempts) for sent in deliveries()] == [(first, 1), (second, 1)], "Who sends takes it along."


def test_a_paused_webhook_sends_what_waits_when_it_is_resumed(lab, hooks, webhook, again) -> None:
    webhook_id = webhook()
    operations.send_test(webhook_id, actor=SOMEONE)
    operations.pause_webhook(webhook_id, actor=SOMEONE)
    assert (again().status, hooks.received) == (DeliveryStatus.PENDING, [])
    operations.resume_webhook(webhook_id, actor=SOMEONE)
    assert (again().status, len(hooks.received)) == (DeliveryStatus.DELIVERED, 1)


def test_the_secret_before_signs_for_a_day(send, again, lab, hooks, webhook) -> None:
    webhook_id = webhook()
    before = operations.secret_of(webhook_id, actor=SOMEONE)
    operations.rotate_secret(webhook_id, actor=SOMEONE)
    after = operations.secret_of(webhook_id, actor=SOMEONE)
    assert before != after
    send(webhook_id)
    assert hooks.received[-1].is_signed_by(before)
    assert hooks.received[-1].is_signed_by(after)
    lab.write("UPDATE webhooks SET rotated_at = '2000-01-01 00:00:00.000000'")
    send(webhook_id)
    assert not hooks.received[-1].is_signed_by(before)
    assert hooks.received[-1].is_signed_by(after)


def test_a_message_that_was_changed_on_the_way_is_not_signed(send, hooks, webhook) -> None:
    webhook_id = webhook()
    send(webhook_id)
    (message,) = hooks.received
    secret = operations.secret_of(webhook_id, actor=SOMEONE)
    assert message.is_signed_by(secret)
    message.headers["webhook-timestamp"] = "1"
    assert not message.is_signed_by(secret)


def test_one_that_was_deleted_meanwhile(lab: Lab, hooks: Receiver, webhook, deliveries) -> None:
    webhook_id = webhook()
    operations.send_test(webhook_id, actor=SOMEONE)
    operations.delete_webhook(webhook_id, actor=SOMEONE)
    lab.drain()
    assert (hooks.received, deliveries()) == ([], [])


def _sender(app) -> Sender:
    return Sender(db.session, app.config["PORTAL"].secret_key, tasks.reach())


def _contexts(authority: trustme.CA, name: str):
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return server, client


def test_webhooks_take_turns_and_one_that_fails_waits(lab: Lab, webhook, hooks: Receiver, deliveries) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    allow(lab.app, hooks.host, nowhere)
    silent = webhook(url=f"http://{nowhere}/", email="ben@example.com")
    healthy = webhook()
    for webhook_id in (silent, silent, healthy, healthy):
        operations.send_test(webhook_id, actor=SOMEONE)
    huey.flush()  # whoever sends takes all of them along
    tasks.deliver.call_local(min(delivery.id for delivery in deliveries()))
    found = [(delivery.webhook_id == healthy, delivery.attempts, delivery.status) for delivery in deliveries()]
    assert found == [(False, 1, "pending"), (False, 0, "pending"), (True, 1, "delivered"), (True, 1, "delivered")]
