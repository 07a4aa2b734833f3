"""What can be done with a webhook from its page."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor
from portal.accounts.permissions import writer
from portal.webhooks import operations
from portal.webhooks.views.blueprint import blueprint


@blueprint.post("/<int:webhook_id>/pause")
@writer
def pause(webhook_id: int) -> ResponseReturnValue:
    operations.pause_webhook(webhook_id, actor=current_actor())
    flash("The webhook is paused: nothing is sent, and what happens meanwhile isn’t kept for it.", "success")
    return _to_webhook(webhook_id)


@blueprint.post("/<int:webhook_id>/resume")
@writer
def resume(webhook_id: int) -> ResponseReturnValue:
    operations.resume_webhook(webhook_id, actor=current_actor())
    flash("Messages are sent again.", "success")
    return _to_webhook(webhook_id)


@blueprint.post("/<int:webhook_id>/rotate")
@writer
def rotate(webhook_id: int) -> ResponseReturnValue:
    operations.rotate_secret(webhook_id, actor=current_actor())
    flash("This is the new secret. The one before signs beside it for a day.", "success")
    return redirect(url_for("webhooks.secret", webhook_id=webhook_id))


@blueprint.post("/<int:webhook_id>/delete")
@writer
def delete(webhook_id: int) -> ResponseReturnValue:
    operations.delete_webhook(webhook_id, actor=current_actor())
    flash(f"Webhook {webhook_id} was deleted.", "success")
    return redirect(url_for("webhooks.index"))


@blueprint.post("/<int:webhook_id>/test")
@writer
def test(webhook_id: int) -> ResponseReturnValue:
    delivery = operations.send_test(webhook_id, actor=current_actor())
    return _to_delivery(webhook_id, delivery.id)


@blueprint.post("/<int:webhook_id>/deliveries/<int:delivery_id>/resend")
@writer
def resend(webhook_id: int, delivery_id: int) -> ResponseReturnValue:
    delivery = operations.send_again(webhook_id, delivery_id, actor=current_actor())
    return _to_delivery(webhook_id, delivery.id)


def _to_webhook(webhook_id: int) -> ResponseReturnValue:
    return redirect(url_for("webhooks.webhook", webhook_id=webhook_id))


def _to_delivery(webhook_id: int, delivery_id: int) -> ResponseReturnValue:
    return redirect(url_for("webhooks.delivery", webhook_id=webhook_id, delivery_id=delivery_id))
