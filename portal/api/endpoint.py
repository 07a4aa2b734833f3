"""`@endpoint`: what a view of the JSON API takes and answers, said once for parsing and for the OpenAPI document."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

from flask import Response, request
from pydantic import BaseModel

from portal.api.answering import answer
from portal.api.parsing import FormFiles, Input, parsed_body, parsed_form, parsed_query

View = Callable[..., Any]

ONE_FILE = FormFiles()

WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
"""Methods whose requests may bring a body, even where none is taken."""


@dataclass(frozen=True)
class Description:
    """An endpoint in the words of the document. `answers` is the shape of what it gives (a TypedDict), None where it
    gives nothing or a file; `media` are the types of a file. `refuses` are the statuses beside those that every
    endpoint may give. `form` says that the body is a form with `files`."""

    summary: str
    text: str
    status: HTTPStatus
    answers: Any
    media: tuple[str, ...]
    query: type[BaseModel] | None
    body: type[BaseModel] | None
    form: type[BaseModel] | None
    files: FormFiles
    refuses: tuple[int, ...]
    starts: bool
    ranges: bool
    links: dict[str, str]


def endpoint(
    summary: str,
    *,
    answers: Any = None,
    media: tuple[str, ...] = (),
    status: int = HTTPStatus.OK,
    query: type[BaseModel] | None = None,
    body: type[BaseModel] | None = None,
    form: type[BaseModel] | None = None,
    files: FormFiles = ONE_FILE,
    refuses: tuple[int, ...] = (),
    starts: bool = False,
    ranges: bool = False,
    links: dict[str, str] | None = None,
) -> Callable[[View], View]:
    """Make a view an endpoint. It gets `query`, `body` and `form` as the models that are named here, parsed; what it
    returns becomes JSON, with the status named here. A Response of its own goes out as it is. `files` are those that
    come with a form; the view finds them in the request.

    `starts` says that it takes an `Idempotency-Key`, `ranges` that it gives part of a file to whoever asks for a range
    (https://www.rfc-editor.org/rfc/rfc9110#name-range-requests). `links` names, by operation (the view's endpoint),
    what can be asked next with the id of the thing that it gives: {"runs_api.run": "run_id"}. `summary` is the title
    in the document, the view's docstring is the text.
    """

    said = Description(
        summary, "", HTTPStatus(status), answers, media, query, body, form, files, refuses, starts, ranges, links or {}
    )

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def call(**arguments: Any) -> Response:
            return answer(view(**arguments, **_parsed(said)), said.status)

        call.description = replace(said, text=_text(view))  # type: ignore[attr-defined]  # a function takes any
        return call

    return decorate


def description_of(view: View | None) -> Description | None:
    """What `view` says of itself, None where it is no endpoint."""
    return getattr(view, "description", None)


def _parsed(said: Description) -> dict[str, BaseModel]:
    """What the request brings along, by the names that the view knows it by."""
    found: dict[str, BaseModel] = {}
    query = parsed_query(said.query or Input, request)
    if said.query is not None:
        found["query"] = query
    if said.body is not None:
        found["body"] = parsed_body(said.body, request)
    elif said.form is None and request.method in WITH_BODY:
        parsed_body(Input, request)  # what isn't taken isn't ignored
    if said.form is not None:
        found["form"] = parsed_form(said.form, said.files, request)
    return found


def _text(view: View) -> str:
    return " ".join((view.__doc__ or "").split())
