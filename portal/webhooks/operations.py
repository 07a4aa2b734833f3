"""What can be done with webhooks. Pages, JSON and command line all come through here; each is one transaction.

`actor` is the user who does it, or anything else with `id` and `email`. Whoever may not change a webhook is told that
there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app
from sqlalchemy import delete

from portal import timeline
from portal.accounts.models import User
from portal.accounts.permissions import can_change
from portal.database import utcnow, writing
from portal.errors import NotFound, WrongState
from portal.extensions import db
from portal.idempotency import Once
from portal.webhooks import outbox, tasks
from portal.webhooks.checks import checked_events, checked_importer, checked_url
from portal.webhooks.engine.signing import secret_text, signing_key
from portal.webhooks.events import PING
from portal.webhooks.models import DeliveryStatus, Webhook, WebhookDelivery, new_salt
from portal.webhooks.outbox import Happening

UNSET: Any = object()
"""Stands for what an edit leaves as it is, since None is a value of its own."""


def create_webhook(url: str, events: Sequence[str], *, owner: User, importer: str | None = None, actor: Any) -> Webhook:
    """A new webhook that tells `url` of `events` of what `owner` may see.

    Raises BadInput with the fields `url`, `events`, `importer`; WrongState when the owner's account is deactivated.
    """
    if not owner.is_active:
        raise WrongState(f"The account {owner.email} is deactivated.", fix="Reactivate it first.")
    owner_id = owner.id
    values = {
        "url": checked_url(url, tasks.reach()),
        "events": checked_events(events),
        "importer": checked_importer(importer),
    }
    with writing(db.session):
        webhook = Webhook(user_id=owner_id, **values)
        db.session.add(webhook)
        db.session.flush()
        _record(webhook.id, "Created", f"{webhook.url} is told of {', '.join(webhook.events)}.", actor)
    return webhook


def edit_webhook(
    webhook_id: int, *, url: str = UNSET, events: Sequence[str] = UNSET, importer: str | None = UNSET, actor: Any
) -> Webhook:
    """Change what is given. What waits to be sent goes to the new address. Raises NotFound, BadInput."""
    webhook = _changeable(webhook_id, actor)
    values: dict[str, Any] = {}
    if url is not UNSET and url.strip() != webhook.url:
        values["url"] = checked_url(url, tasks.reach())
    if events is not UNSET:
        values["events"] = checked_events(events)
    if importer is not UNSET:
        values["importer"] = checked_importer(importer, webhook)
    with writing(db.session):
        webhook = _locked(webhook_id, actor)
        changed = {name: value for name, value in values.items() if getattr(webhook, name) != value}
        before = {name: getattr(webhook, name) for name in changed}
        for name, value in changed.items():
            setattr(webhook, name, value)
        if changed:
            _record(webhook_id, "Edited", _edited_text(before, changed), actor, before=before, after=changed)
    return webhook


def pause_webhook(webhook_id: int, *, actor: Any) -> Webhook:
    """Send nothing more until it is resumed. Raises NotFound."""
    return _switch(webhook_id, False, "Paused", "Nothing is sent until it is resumed.", actor)


def resume_webhook(webhook_id: int, *, actor: Any) -> Webhook:
    """Send again, first what was waiting when it was paused. Raises NotFound."""
    return _switch(webhook_id, True, "Resumed", "Messages are sent again.", actor)


def rotate_secret(webhook_id: int, *, actor: Any) -> Webhook:
    """Give it a new secret; the one before signs beside it for a day. Raises NotFound."""
    with writing(db.session):
        webhook = _locked(webhook_id, actor)
        webhook.previous_salt, webhook.secret_salt = webhook.secret_salt, new_salt()
        webhook.rotated_at = utcnow()
        _record(webhook_id, "Rotated", "It has a new secret. The one before signs beside it for a day.", actor)
    return webhook


def secret_of(webhook_id: int, *, actor: Any) -> str:
    """The text of the secret, for those who may change the webhook. Raises NotFound."""
    webhook = _changeable(webhook_id, actor)
    return secret_text(signing_key(current_app.config["PORTAL"].secret_key, webhook.secret_salt))


def delete_webhook(webhook_id: int, *, actor: Any) -> None:
    """Remove it with all its deliveries. Raises NotFound."""
    with writing(db.session):
        webhook = _locked(webhook_id, actor)
        _record(webhook_id, "Deleted", f"{webhook.url} is told of nothing more.", actor)
        db.session.execute(delete(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id))
        db.session.delete(webhook)


def send_test(webhook_id: int, *, actor: Any, once: Once | None = None) -> WebhookDelivery:
    """Send a message of the event `ping`. Raises NotFound, and WrongState while the webhook is paused; StartedBefore
    where a request with the same key (`once`) was quicker."""
    with writing(db.session):
        webhook = _sending(webhook_id, actor)
        data = {"webhook_id": webhook_id, "message": "A test from Ingest Portal."}
        happening = Happening((), "webhook", webhook_id, webhook.user_id, None, data)
        added_id = _entered(outbox.delivery_of(webhook, PING, happening), once).id
        _record(webhook_id, "Test sent", f"As delivery {added_id}.", actor)
    return _sent(webhook_id, added_id)


def send_again(webhook_id: int, delivery_id: int, *, actor: Any, once: Once | None = None) -> WebhookDelivery:
    """Send the same message once more, as a delivery of its own; a receiver knows it again by its id.

    Raises NotFound; WrongState while the webhook is paused or the message is still being tried; StartedBefore as above.
    """
    with writing(db.session):
        webhook = _sending(webhook_id, actor)
        earlier = db.session.get(WebhookDelivery, delivery_id, populate_existing=True)
        if earlier is None or earlier.webhook_id != webhook.id:
            raise NotFound(f"Webhook {webhook_id} has no delivery {delivery_id}.")
        if earlier.status == DeliveryStatus.PENDING:
            raise WrongState(
                f"Delivery {delivery_id} is still being tried.", fix="Wait until it is delivered or failed."
            )
        added_id = _entered(_copy(earlier), once).id
        _record(webhook_id, "Sent again", f"Delivery {delivery_id} is sent again as {added_id}.", actor)
    return _sent(webhook_id, added_id)


def _copy(earlier: WebhookDelivery) -> WebhookDelivery:
    same = ("message_id", "webhook_id", "event", "subject_type", "subject_id", "subject_user_id", "payload")
    return WebhookDelivery(**{name: getattr(earlier, name) for name in same}, resent_from_id=earlier.id)


def _entered(delivery: WebhookDelivery, once: Once | None) -> WebhookDelivery:
    db.session.add(delivery)
    db.session.flush()
    if once:
        once.claim(db.session, delivery.id)
    return delivery


def _sent(webhook_id: int, delivery_id: int) -> WebhookDelivery:
    """Have it sent. It is looked up anew: someone may delete the webhook at this moment."""
    tasks.deliver(delivery_id)
    delivery = db.session.get(WebhookDelivery, delivery_id, populate_existing=True)
    if delivery is None:
        raise NotFound(f"There is no webhook {webhook_id}.")
    return delivery


def _switch(webhook_id: int, is_active: bool, title: str, text: str, actor: Any) -> Webhook:
    with writing(db.session):
        webhook = _locked(webhook_id, actor)
        if webhook.is_active != is_active:
            webhook.is_active = is_active
            _record(webhook_id, title, text, actor)
    return webhook


def _sending(webhook_id: int, actor: Any) -> Webhook:
    webhook = _locked(webhook_id, actor)
    if not webhook.is_active:
        raise WrongState(f"Webhook {webhook_id} is paused, so nothing is sent.", fix="Resume it first.")
    return webhook


def _locked(webhook_id: int, actor: Any) -> Webhook:
    """So that it is still there when the transaction ends; runs that note a message for it don't wait meanwhile."""
    return _changeable(webhook_id, actor, with_for_update={"key_share": True, "of": Webhook})


def _changeable(webhook_id: int, actor: Any, **options: Any) -> Webhook:
    """The webhook as it is now, if `actor` may change it."""
    webhook = db.session.get(Webhook, webhook_id, populate_existing=True, **options)
    if webhook is None or (isinstance(actor, User) and not can_change(actor, webhook.user_id)):
        raise NotFound(f"There is no webhook {webhook_id}.")
    return webhook


def _edited_text(before: dict[str, Any], after: dict[str, Any]) -> str:
    return " ".join(f"{name}: {_shown(before[name])} became {_shown(value)}." for name, value in after.items())


def _shown(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value or "all")


def _record(webhook_id: int, title: str, text: str, actor: Any, **details: Any) -> None:
    timeline.record(db.session, "webhook", webhook_id, title, text, actor=actor, **details)
