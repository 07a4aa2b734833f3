"""The endpoints of webhooks."""

from portal.webhooks.api import deliveries, webhooks
from portal.webhooks.api.blueprint import blueprint

__all__ = ["blueprint", "deliveries", "webhooks"]
