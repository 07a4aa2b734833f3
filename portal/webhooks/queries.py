"""What is asked about webhooks."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from portal.accounts.models import User
from portal.accounts.permissions import visible_to
from portal.errors import NotFound
from portal.extensions import db
from portal.web.paging import PER_PAGE, Page, paginate
from portal.webhooks.models import DeliveryStatus, Webhook, WebhookDelivery


def all_webhooks() -> Sequence[Webhook]:
    """Every webhook, newest first."""
    return db.session.scalars(select(Webhook).order_by(Webhook.id.desc())).all()


def webhooks_page(user: User, page: int = 1, per_page: int = PER_PAGE, *, beyond: bool = False) -> Page[Webhook]:
    """The webhooks that `user` may see, newest first."""
    query = select(Webhook).where(visible_to(user, Webhook.user_id)).order_by(Webhook.id.desc())
    return paginate(db.session, query, page, per_page, beyond=beyond)


def webhook_of(user: User | None, webhook_id: int) -> Webhook:
    """The webhook, if `user` may see it (None: whoever it belongs to). Raises NotFound."""
    query = select(Webhook).where(Webhook.id == webhook_id).execution_options(populate_existing=True)
    found = db.session.scalars(query.where(visible_to(user, Webhook.user_id)) if user else query).one_or_none()
    if found is None:
        raise NotFound(f"There is no webhook {webhook_id}.")
    return found


def deliveries_page(
    webhook: Webhook, *, status: str = "", page: int = 1, per_page: int = PER_PAGE, beyond: bool = False
) -> Page[WebhookDelivery]:
    """What was or is to be sent to `webhook`, newest first."""
    query = select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook.id).order_by(WebhookDelivery.id.desc())
    if status:
        query = query.where(WebhookDelivery.status == status)
    return paginate(db.session, query, page, per_page, beyond=beyond)


def delivery_of(webhook: Webhook, delivery_id: int) -> WebhookDelivery:
    """One of the deliveries of `webhook`. Raises NotFound."""
    found = db.session.get(WebhookDelivery, delivery_id, populate_existing=True)
    if found is None or found.webhook_id != webhook.id:
        raise NotFound(f"Webhook {webhook.id} has no delivery {delivery_id}.")
    return found


def last_failed(webhook: Webhook) -> WebhookDelivery | None:
    """The delivery that was completed last, if it failed."""
    query = (
        select(WebhookDelivery)
        .where(WebhookDelivery.webhook_id == webhook.id, WebhookDelivery.completed_at.is_not(None))
        .order_by(WebhookDelivery.completed_at.desc(), WebhookDelivery.id.desc())
    )
    last = db.session.scalars(query.limit(1)).first()
    return last if last and last.status == DeliveryStatus.FAILED else None
