"""Pages with the form of a webhook."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor
from portal.accounts.forms import errors_beside_fields, form_status
from portal.accounts.permissions import writer
from portal.webhooks import operations, queries
from portal.webhooks.forms import WebhookForm
from portal.webhooks.views.blueprint import blueprint


@blueprint.route("/new", methods=["GET", "POST"])
@writer
def new() -> ResponseReturnValue:
    """The form of a new webhook."""
    form = WebhookForm().offer_importers()
    if form.validate_on_submit():
        with errors_beside_fields(form):
            user = current_actor()
            webhook = operations.create_webhook(
                form.url.data, form.events.data, owner=user, importer=form.importer.data, actor=user
            )
            flash("The webhook was created. Put its secret into the receiver, then send a test.", "success")
            return redirect(url_for("webhooks.webhook", webhook_id=webhook.id))
    return render_template("webhooks/new.html", form=form), form_status(form)


@blueprint.route("/<int:webhook_id>/edit", methods=["GET", "POST"])
@writer
def edit(webhook_id: int) -> ResponseReturnValue:
    """The form of a webhook that is there."""
    user = current_actor()
    webhook = queries.webhook_of(user, webhook_id)
    form = WebhookForm(obj=webhook).offer_importers(webhook)
    if form.validate_on_submit():
        with errors_beside_fields(form):
            operations.edit_webhook(
                webhook_id, url=form.url.data, events=form.events.data, importer=form.importer.data, actor=user
            )
            flash("The webhook was saved.", "success")
            return redirect(url_for("webhooks.webhook", webhook_id=webhook_id))
    return render_template("webhooks/edit.html", form=form, webhook=webhook), form_status(form)


@blueprint.get("/<int:webhook_id>/secret")
@writer
def secret(webhook_id: int) -> ResponseReturnValue:
    """The secret by which a receiver knows what is from here."""
    user = current_actor()
    text = operations.secret_of(webhook_id, actor=user)
    return render_template("webhooks/secret.html", webhook=queries.webhook_of(user, webhook_id), text=text)
