"""`@endpoint`: what a view of the JSON API takes and answers, said once for parsing and for the OpenAPI document."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Response, request
from pydantic import BaseModel

from portal.api.answering import answer
from portal.api.parsing import parsed_body, parsed_form, parsed_query

View = Callable[..., Any]


@dataclass(frozen=True)
class Description:
    """An endpoint in the words of the document. `answers` is the shape of what it gives (a TypedDict), None where it
    gives nothing or a file; `media` are the types of a file. `refuses` are the statuses beside those that every
    endpoint may give. `form` says that the body is a form with a file."""

    summary: str
    text: str
    status: HTTPStatus
    answers: Any
    media: tuple[str, ...]
    query: type[BaseModel] | None
    body: type[BaseModel] | None
    form: type[BaseModel] | None
    refuses: tuple[int, ...]
    starts: bool
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
    refuses: tuple[int, ...] = (),
    starts: bool = False,
    links: dict[str, str] | None = None,
) -> Callable[[View], View]:
    """Make a view an endpoint. It gets `query`, `body` and `form` as the models that are named here, parsed; what it
    returns becomes JSON, with the status named here. A Response of its own goes out as it is.

    `starts` says that it takes an `Idempotency-Key`. `links` names, by operation (the view's endpoint), what can be
    asked next with the id of the thing that it gives: {"runs_api.run": "run_id"}. The first line of `summary` is the
    title in the document, the view's docstring is the text.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def call(**arguments: Any) -> Response:
            if query is not None:
                arguments["query"] = parsed_query(query, request)
            if body is not None:
                arguments["body"] = parsed_body(body, request)
            if form is not None:
                arguments["form"] = parsed_form(form, request)
            return answer(view(**arguments), HTTPStatus(status))

        call.description = Description(  # type: ignore[attr-defined]  # a function takes any attribute
            summary=summary,
            text=_text(view),
            status=HTTPStatus(status),
            answers=answers,
            media=media,
            query=query,
            body=body,
            form=form,
            refuses=refuses,
            starts=starts,
            links=links or {},
        )
        return call

    return decorate


def description_of(view: View | None) -> Description | None:
    """What `view` says of itself, None where it is no endpoint."""
    return getattr(view, "description", None)


def _text(view: View) -> str:
    return " ".join((view.__doc__ or "").split())
