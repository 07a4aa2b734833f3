"""The form of a webhook, and the words for its choices."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget

from portal.importers import importers
from portal.webhooks.events import WebhookEvent
from portal.webhooks.models import DeliveryStatus, Webhook

EVENT_CHOICES = [
    SelectChoice(WebhookEvent.RUN_FINISHED, "A run has finished: completed, completed with errors or cancelled"),
    SelectChoice(WebhookEvent.RUN_FAILED, "A run has failed"),
    SelectChoice(WebhookEvent.RUN_NEEDS_ATTENTION, "A run needs a person: it has ended with failed rows"),
]
STATUS_NAMES = {
    DeliveryStatus.PENDING: "Pending",
    DeliveryStatus.DELIVERED: "Delivered",
    DeliveryStatus.FAILED: "Failed",
}


class WebhookForm(FlaskForm):
    url = StringField(
        "Address",
        [DataRequired("Enter an address.")],
        description="Where messages are sent, such as https://example.com/hooks. Prefer https: with http anyone on "
        "the way can read them.",
    )
    events = SelectMultipleField(
        "Events",
        choices=EVENT_CHOICES,
        default=[WebhookEvent.RUN_FAILED, WebhookEvent.RUN_NEEDS_ATTENTION],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    importer = SelectField("Importer", description="Whose runs the messages are about.")

    def offer_importers(self, webhook: Webhook | None = None) -> WebhookForm:
        """Fill in the importers that there are, and the one that `webhook` has, though it may be gone."""
        titles = {slug: definition.title for slug, definition in importers().items()}
        if webhook and webhook.importer:
            titles.setdefault(webhook.importer, webhook.importer)
        self.importer.choices = [SelectChoice("", "All importers")] + [
            SelectChoice(slug, title) for slug, title in titles.items()
        ]
        return self
