"""What is done with webhooks at the same moment, and what is kept of it."""

from __future__ import annotations

import pytest

from portal import timeline
from portal.accounts.models import User
from portal.errors import BadInput, NotFound, WrongState
from portal.extensions import db
from portal.webhooks import operations, queries
from portal.webhooks.models import Webhook
from tests.support.at_once import at_once
from tests.support.lab import SOMEONE, Lab
from tests.support.receiver import Receiver

BAD = "body\nwrong!\n"


def test_an_edit_keeps_before_and_after(lab: Lab, webhook) -> None:
    webhook_id = webhook(events=["run.failed"])
    operations.edit_webhook(webhook_id, events=["run.finished"], importer="notes", actor=SOMEONE)
    operations.edit_webhook(webhook_id, events=["run.finished"], actor=SOMEONE)
    edited = [e for e in timeline.events_of(db.session, "webhook", webhook_id) if e.event_type == "Edited"]
    assert [event.details for event in edited] == [
        {
            "before": {"events": ["run.failed"], "importer": None},
            "after": {"events": ["run.finished"], "importer": "notes"},
        }
    ]
    assert edited[0].actor_label == SOMEONE.email


def test_an_importer_that_is_gone_may_stay_and_not_come_back(lab: Lab, webhook) -> None:
    webhook_id = webhook(importer="notes")
    lab.write("UPDATE webhooks SET importer = 'gone'")
    assert operations.edit_webhook(webhook_id, events=["run.failed"], importer="gone", actor=SOMEONE).importer == "gone"
    operations.edit_webhook(webhook_id, importer=None, actor=SOMEONE)
    with pytest.raises(BadInput, match="There is no importer gone"):
        operations.edit_webhook(webhook_id, importer="gone", actor=SOMEONE)


def test_no_secret_is_in_the_database(lab: Lab, webhook) -> None:
    secret = operations.secret_of(webhook(), actor=SOMEONE).removeprefix("whsec_")
    assert secret not in str(lab.rows("SELECT * FROM webhooks"))


def test_a_closed_account_gets_no_webhook(lab: Lab, hooks: Receiver, users) -> None:
    owner_id = users("operator").id
    lab.write("UPDATE users SET is_active = :no", no=False)
    with pytest.raises(WrongState, match="is deactivated"):
        operations.create_webhook(hooks.url, ["run.failed"], owner=db.session.get(User, owner_id), actor=SOMEONE)


def test_a_delivery_of_another_webhook_is_not_found(lab: Lab, webhook) -> None:
    first, second = webhook(email="a@example.com"), webhook(email="b@example.com")
    delivery = operations.send_test(first, actor=SOMEONE)
    delivery_id = delivery.id
    with pytest.raises(NotFound, match=f"Webhook {second} has no delivery {delivery_id}"):
        operations.send_again(second, delivery_id, actor=SOMEONE)
    with pytest.raises(NotFound):
        queries.delivery_of(queries.webhook_of(None, second), delivery_id)


@pytest.mark.parametrize("change", [operations.rotate_secret, operations.pause_webhook, operations.send_test])
def test_one_that_is_deleted_at_the_same_moment(app, webhook, change) -> None:
    webhook_id = webhook()
    changed, deleted = at_once(
        app,
        lambda: change(webhook_id, actor=SOMEONE),
        lambda: operations.delete_webhook(webhook_id, actor=SOMEONE),
    )
    assert deleted is None
    assert not isinstance(changed, Exception) or isinstance(changed, NotFound)
    db.session.rollback()
    assert db.session.scalar(db.select(Webhook.id)) is None


def test_a_run_ends_though_its_webhook_is_deleted_at_the_same_moment(app, lab: Lab, webhook, deliveries) -> None:
    webhook_id = webhook()
    run_id = lab.start("notes", BAD)
    at_once(app, lab.drain, lambda: operations.delete_webhook(webhook_id, actor=SOMEONE))
    lab.drain()
    assert lab.find(run_id).is_finished
    assert deliveries() == []
