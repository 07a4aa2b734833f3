"""What an operation takes, in the words of the OpenAPI document: parameters, headers and body."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.api.described import COMPONENT, Operation, Schemas
from portal.api.endpoint import Description
from portal.api.parsing import FormFiles
from portal.idempotency import LONGEST_KEY
from portal.web.addresses import IdConverter, PublicIdConverter, RowConverter


def parameters(operation: Operation) -> list[dict[str, Any]]:
    """Those of the path, of the query, and headers."""
    said = operation.description
    return [*_path_parameters(operation), *_query_parameters(said), *_headers(said)]


def _path_parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    for name, converter in operation.converters.items():
        if isinstance(converter, IdConverter | RowConverter):
            schema: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": converter.highest}
        elif isinstance(converter, PublicIdConverter):
            schema = {"type": "string", "pattern": f"^{converter.regex}$"}
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
            "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[!-~]+$"},
        }


def body(said: Description, schemas: Schemas) -> dict[str, Any] | None:
    """The body, None where none is taken."""
    if said.body is not None:
        needed = any(field.is_required() for field in said.body.model_fields.values())
        return {"required": needed, "content": {"application/json": {"schema": schemas[said.body, "validation"]}}}
    if said.form is not None:
        return {"required": True, "content": {"multipart/form-data": {"schema": _form(said.form, said.files)}}}
    return None


def _form(model: Any, files: FormFiles) -> dict[str, Any]:
    schema: dict[str, Any] = model.model_json_schema(ref_template=COMPONENT)
    file: dict[str, Any] = {"type": "string", "format": "binary", "description": "The file."}
    sent = file if files.most == 1 else {"type": "array", "items": file, "minItems": 1, "maxItems": files.most}
    given = {name: _given(field) for name, field in schema["properties"].items()}
    required = [files.field, *schema.get("required", [])]
    return schema | {"properties": {files.field: sent} | given, "required": required}


def _given(field: dict[str, Any]) -> dict[str, Any]:
    """The schema of a field that is left out where it is null: in an address and in a form everything is text."""
    choices = [choice for choice in field.get("anyOf", ()) if choice != {"type": "null"}]
    rest = {key: value for key, value in field.items() if key != "anyOf" and value is not None}
    return rest | choices[0] if len(choices) == 1 else field
