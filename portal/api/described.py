"""One operation of the API: an endpoint with its address and method, and the names that the document has for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from werkzeug.routing import BaseConverter, Rule

from portal.accounts.permissions import Access
from portal.api.endpoint import Description

COMPONENT = "#/components/schemas/{model}"
"""Where the document keeps a schema that others refer to."""

PARAMETER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")

Schemas = dict[tuple[Any, str], Any]
"""The schema of each shape, for what is taken ("validation") or given ("serialization")."""


@dataclass(frozen=True)
class Operation:
    """`description` is what the view says of itself, `access` for whom it is."""

    rule: Rule
    method: str
    description: Description
    access: Access

    @property
    def name(self) -> str:
        return operation_id(self.rule.endpoint)

    @property
    def path(self) -> str:
        return PARAMETER.sub(r"{\1}", self.rule.rule)

    @property
    def converters(self) -> dict[str, BaseConverter]:
        return self.rule._converters

    @property
    def tag(self) -> str:
        return str(self.rule.endpoint).partition(".")[0].removesuffix("_api")


def operation_id(endpoint: str) -> str:
    """The name of the view `endpoint` in the document."""
    return endpoint.replace("_api.", ".").replace(".", "_")
