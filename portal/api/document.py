"""The OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1.html), made from the views themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask
from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from portal.accounts.permissions import Access, access_of
from portal.api.described import COMPONENT, Operation, Schemas
from portal.api.endpoint import description_of
from portal.api.given import Problem, responses
from portal.api.taken import body, parameters


def openapi(app: Flask, version: str) -> dict[str, Any]:
    """The document of all endpoints of `app`."""
    operations = sorted(_operations(app), key=_place)
    schemas, components = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Ingest Portal",
            "version": version,
            "description": "Everything that the pages do, for scripts.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": [{"name": name} for name in dict.fromkeys(operation.tag for operation in operations)],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A token from the page Tokens."}
            },
        },
    }


def _place(operation: Operation) -> tuple[bool, str, str, str]:
    """Runs come first: they are what most come for."""
    return operation.tag != "runs", operation.tag, operation.path, operation.method


def _operations(app: Flask) -> Iterator[Operation]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        description, access = description_of(view), access_of(view)
        if description is not None and access is not None:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield Operation(rule, method, description, access)


def _schemas(operations: list[Operation]) -> tuple[Schemas, dict[str, Any]]:
    """The schema of each shape, and those that they refer to, by name."""
    shapes: dict[tuple[Any, JsonSchemaMode], TypeAdapter[Any]] = {(Problem, "serialization"): TypeAdapter(Problem)}
    for operation in operations:
        said = operation.description
        if said.answers is not None:
            shapes[said.answers, "serialization"] = TypeAdapter(said.answers)
        for model in (said.query, said.body, said.form):
            if model is not None:
                shapes[model, "validation"] = TypeAdapter(model)
    inputs = [(shape, mode, adapter) for (shape, mode), adapter in shapes.items()]
    found, definitions = TypeAdapter.json_schemas(inputs, ref_template=COMPONENT)
    return {(shape, mode): schema for (shape, mode), schema in found.items()}, definitions.get("$defs", {})


def _operation(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    said = operation.description
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": said.summary,
        "description": said.text,
        "tags": [operation.tag],
        "parameters": parameters(operation),
        "responses": responses(operation, schemas),
    }
    if taken := body(said, schemas):
        described["requestBody"] = taken
    if operation.access is Access.PUBLIC:
        described["security"] = []
    return described
