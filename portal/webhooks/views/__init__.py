"""The pages of webhooks."""

from portal.webhooks.views import actions, editing, reading
from portal.webhooks.views.blueprint import blueprint

__all__ = ["actions", "blueprint", "editing", "reading"]
