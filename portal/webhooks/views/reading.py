"""Pages that show webhooks: the list, one with its deliveries, one delivery with its answer."""

from __future__ import annotations

import json

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal import timeline
from portal.accounts.access import current_actor
from portal.accounts.permissions import can_change, reader
from portal.extensions import db
from portal.importers import importers
from portal.web.requests import page_number
from portal.webhooks import queries
from portal.webhooks.forms import STATUS_NAMES
from portal.webhooks.views.blueprint import blueprint

EVENTS_SHOWN = 20


@blueprint.get("/")
@reader
def index() -> ResponseReturnValue:
    """All webhooks that one may see, newest first."""
    page = queries.webhooks_page(current_actor(), page_number())
    return render_template("webhooks/webhooks.html", page=page, importers=_titles())


@blueprint.get("/<int:webhook_id>")
@reader
def webhook(webhook_id: int) -> ResponseReturnValue:
    """One webhook: its settings, what was sent to it, what was done with it."""
    user = current_actor()
    found = queries.webhook_of(user, webhook_id)
    status = request.args.get("status", "")
    return render_template(
        "webhooks/webhook.html",
        webhook=found,
        importers=_titles(),
        page=queries.deliveries_page(found, status=status, page=page_number()),
        status=status,
        statuses=STATUS_NAMES,
        last_failed=queries.last_failed(found),
        events=list(reversed(timeline.events_of(db.session, "webhook", webhook_id, EVENTS_SHOWN))),
        may_change=can_change(user, found.user_id),
    )


@blueprint.get("/<int:webhook_id>/deliveries/<int:delivery_id>")
@reader
def delivery(webhook_id: int, delivery_id: int) -> ResponseReturnValue:
    """One delivery: what is sent, and the latest answer."""
    user = current_actor()
    found = queries.webhook_of(user, webhook_id)
    shown = queries.delivery_of(found, delivery_id)
    return render_template(
        "webhooks/delivery.html",
        webhook=found,
        delivery=shown,
        payload=json.dumps(shown.payload, indent=2, ensure_ascii=False),
        may_change=can_change(user, found.user_id),
    )


def _titles() -> dict[str, str]:
    return {slug: definition.title for slug, definition in importers().items()}
