"""What an operation gives, in the words of the OpenAPI document: its answer, and every way in which it may refuse."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, NotRequired

from typing_extensions import TypedDict

from portal.accounts.permissions import Access
from portal.api.described import Operation, Schemas, operation_id
from portal.api.endpoint import WITH_BODY, Description

PROBLEM = "application/problem+json"
WORDS = {
    304: "It is as it was: the ETag that was sent is that of the present answer.",
    400: "What was sent can't be read, or there is nothing to do it with.",
    401: "There is no valid token.",
    403: "The account may read, not change.",
    404: "There is no such thing, or the account may not see it.",
    409: "It can't be done in the state that the thing is in.",
    412: "The file isn't any more what If-Match names.",
    413: "The file, or the JSON, is too large.",
    415: "The body is of a type that isn't taken here.",
    416: "The file has no such part; Content-Range says how long it is.",
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


def responses(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    """All answers by status."""
    said = operation.description
    found = {str(int(said.status)): _success(said, schemas)}
    if said.ranges:
        found["206"] = _success(said, schemas) | {"description": HTTPStatus.PARTIAL_CONTENT.phrase}
    if said.ranges or (operation.method == "GET" and said.answers is not None and not said.media):
        found["304"] = {"description": WORDS[304]}
    for status in sorted({*_refusals(operation), *said.refuses}):
        schema = schemas[Problem, "serialization"]
        found[str(status)] = {"description": WORDS[status], "content": {PROBLEM: {"schema": schema}}}
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            found["429"]["headers"] = {"Retry-After": {"description": "In seconds.", "schema": {"type": "integer"}}}
    return found


def _refusals(operation: Operation) -> Iterator[int]:
    """What any endpoint of this kind may answer."""
    said = operation.description
    yield from (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.UNPROCESSABLE_ENTITY)
    if operation.access is not Access.PUBLIC:
        yield HTTPStatus.UNAUTHORIZED
    if operation.access is Access.WRITER:
        yield HTTPStatus.FORBIDDEN
    if operation.access is Access.ADMIN or operation.converters:
        yield HTTPStatus.NOT_FOUND
    if said.ranges:
        yield from (HTTPStatus.PRECONDITION_FAILED, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
    if operation.method in WITH_BODY and not said.form:
        yield HTTPStatus.BAD_REQUEST
    if operation.method in WITH_BODY:
        yield from (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if said.form:
        yield HTTPStatus.INSUFFICIENT_STORAGE


def _success(said: Description, schemas: Schemas) -> dict[str, Any]:
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
