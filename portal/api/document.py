"""The OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1.html), made from the views themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NotRequired

from flask import Flask
from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode
from typing_extensions import TypedDict
from werkzeug.routing import BaseConverter, Rule

from portal.accounts.permissions import Access, access_of
from portal.api.endpoint import Description, description_of
from portal.web.addresses import IdConverter, RowConverter

COMPONENT = "#/components/schemas/{model}"
KEY_LENGTH = 255
PARAMETER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
PROBLEM = "application/problem+json"
READING, WRITING = frozenset({"GET"}), frozenset({"POST", "PUT", "PATCH", "DELETE"})
WORDS = {
    304: "It is as it was: the ETag that was sent is that of the present answer.",
    400: "What was sent can't be read, or there is nothing to do it with.",
    401: "There is no valid token.",
    403: "The account may read, not change.",
    404: "There is no such thing, or the account may not see it.",
    409: "It can't be done in the state that the thing is in.",
    413: "The file is too large.",
    415: "The body is of a type that isn't taken here.",
    422: "What was sent can be read but isn't right; `errors` says which field, and why.",
    429: "Too many requests; Retry-After says in how many seconds to ask again.",
    507: "The disk or the database is full.",
}


class Problem(TypedDict):
    """Why it wasn't done (RFC 9457)."""

    title: str
    status: int
    detail: str
    fix: NotRequired[str]
    errors: NotRequired[dict[str, list[str]]]


@dataclass(frozen=True)
class _Operation:
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
        "tags": [{"name": name} for name in dict.fromkeys(map(_tag, operations))],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A token from the page Tokens."}
            },
        },
    }


def operation_id(endpoint: str) -> str:
    """The name of the view `endpoint` in the document."""
    return endpoint.replace("_api.", ".").replace(".", "_")


def _place(operation: _Operation) -> tuple[bool, str, str, str]:
    """Runs come first: they are what most come for."""
    tag = _tag(operation)
    return tag != "runs", tag, operation.path, operation.method


def _operations(app: Flask) -> Iterator[_Operation]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        description, access = description_of(view), access_of(view)
        if description is not None and access is not None:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield _Operation(rule, method, description, access)


def _schemas(operations: list[_Operation]) -> tuple[dict[tuple[Any, str], Any], dict[str, Any]]:
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


def _operation(operation: _Operation, schemas: dict[tuple[Any, str], Any]) -> dict[str, Any]:
    said = operation.description
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": said.summary,
        "description": said.text,
        "tags": [_tag(operation)],
        "parameters": [*_path_parameters(operation), *_query_parameters(said), *_headers(said)],
        "responses": _responses(operation, schemas),
    }
    if body := _body(said, schemas):
        described["requestBody"] = body
    if operation.access is Access.PUBLIC:
        described["security"] = []
    return described


def _tag(operation: _Operation) -> str:
    return str(operation.rule.endpoint).partition(".")[0].removesuffix("_api")


def _path_parameters(operation: _Operation) -> Iterator[dict[str, Any]]:
    for name, converter in operation.converters.items():
        if isinstance(converter, IdConverter | RowConverter):
            schema: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": converter.highest}
        elif options := getattr(converter, "items", None):
            schema = {"type": "string", "enum": sorted(options)}
        else:
            schema = {"type": "string", "minLength": 1, "pattern": "^[^/]+$"}
        yield {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameters(said: Description) -> Iterator[dict[str, Any]]:
    if said.query is None:
        return
    for name, field in said.query.model_json_schema(ref_template=COMPONENT)["properties"].items():
        schema = {key: value for key, value in _given(field).items() if key not in ("title", "description")}
        text = {"description": field["description"]} if "description" in field else {}
        yield {"name": name, "in": "query", "required": False, "schema": schema} | text


def _headers(said: Description) -> Iterator[dict[str, Any]]:
    if said.starts:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "Sent again with the same key, the request starts nothing anew.",
            "schema": {"type": "string", "minLength": 1, "maxLength": KEY_LENGTH, "pattern": "^[!-~]+$"},
        }


def _body(said: Description, schemas: dict[tuple[Any, str], Any]) -> dict[str, Any] | None:
    if said.body is not None:
        needed = any(field.is_required() for field in said.body.model_fields.values())
        return {"required": needed, "content": {"application/json": {"schema": schemas[said.body, "validation"]}}}
    if said.form is not None:
        return {"required": True, "content": {"multipart/form-data": {"schema": _form(said.form)}}}
    return None


def _form(model: Any) -> dict[str, Any]:
    schema: dict[str, Any] = model.model_json_schema(ref_template=COMPONENT)
    file = {"type": "string", "format": "binary", "description": "The file."}
    given = {name: _given(field) for name, field in schema["properties"].items()}
    return schema | {"properties": {"file": file} | given, "required": ["file"]}


def _given(field: dict[str, Any]) -> dict[str, Any]:
    """The schema of a field that is left out where it is null: in an address and in a form everything is text."""
    choices = [choice for choice in field.get("anyOf", ()) if choice != {"type": "null"}]
    rest = {key: value for key, value in field.items() if key != "anyOf" and value is not None}
    return rest | choices[0] if len(choices) == 1 else field


def _responses(operation: _Operation, schemas: dict[tuple[Any, str], Any]) -> dict[str, Any]:
    said = operation.description
    found = {str(int(said.status)): _success(said, schemas)}
    if operation.method == "GET" and said.answers is not None and not said.media:
        found["304"] = {"description": WORDS[304]}
    for status in sorted({*_refusals(operation), *said.refuses}):
        schema = schemas[Problem, "serialization"]
        found[str(status)] = {"description": WORDS[status], "content": {PROBLEM: {"schema": schema}}}
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            found["429"]["headers"] = {"Retry-After": {"description": "In seconds.", "schema": {"type": "integer"}}}
    return found


def _refusals(operation: _Operation) -> Iterator[int]:
    """What any endpoint of this kind may answer."""
    said = operation.description
    yield HTTPStatus.TOO_MANY_REQUESTS
    if operation.access is not Access.PUBLIC:
        yield HTTPStatus.UNAUTHORIZED
    if operation.access is Access.WRITER:
        yield HTTPStatus.FORBIDDEN
    if operation.access is Access.ADMIN or operation.converters:
        yield HTTPStatus.NOT_FOUND
    if said.query or said.body or said.form or said.starts:
        yield HTTPStatus.UNPROCESSABLE_ENTITY
    if said.body:
        yield HTTPStatus.BAD_REQUEST
    if said.body or said.form:
        yield from (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if said.form:
        yield HTTPStatus.INSUFFICIENT_STORAGE


def _success(said: Description, schemas: dict[tuple[Any, str], Any]) -> dict[str, Any]:
    described: dict[str, Any] = {"description": said.status.phrase}
    if said.answers is not None:
        described["content"] = {"application/json": {"schema": schemas[said.answers, "serialization"]}}
    if said.media:
        content = described.setdefault("content", {})
        content |= {
            media: {"schema": {} if media == "application/json" else {"type": "string"}} for media in said.media
        }
    if said.links:
        described["links"] = {
            operation_id(target): {
                "operationId": operation_id(target),
                "parameters": {f"path.{name}": "$response.body#/data/id"},
            }
            for target, name in said.links.items()
        }
    return described
