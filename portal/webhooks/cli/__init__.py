"""`portal webhooks ...`: the same operations as the pages, at this portal or one elsewhere.

Commands ask a `WebhooksDoor` and put what it answers, which is the JSON of the API both ways, into words.
"""

from portal.webhooks.cli import changing, deliveries, reading
from portal.webhooks.cli.group import webhooks

__all__ = ["changing", "deliveries", "reading", "webhooks"]
