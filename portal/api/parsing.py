"""What a request brings along, as models; what is wrong with it, in words."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Request
from pydantic import BaseModel, ConfigDict, ValidationError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from portal.errors import BadInput, PortalError

Parsed = TypeVar("Parsed", bound=BaseModel)

JSON_BYTES = 8 << 20
"""Files may be larger; JSON is read as a whole."""


class Input(BaseModel):
    """Parent of all that endpoints take. A name that isn't known is refused: what is misspelt must not be ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class StrictInput(Input):
    """Of JSON, in which a number isn't a text and a text no number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Unreadable(PortalError):
    """The body isn't what it says it is."""

    status = HTTPStatus.BAD_REQUEST


class TooLong(PortalError):
    """The body is longer than what is read as a whole."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class WrongType(PortalError):
    """The body is of a type that isn't taken here."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


def parsed_query(model: type[Parsed], request: Request) -> Parsed:
    """The address's part after the question mark. Raises BadInput, naming what is wrong."""
    return _validated(model, _given_once(request.args))


def parsed_body(model: type[Parsed], request: Request) -> Parsed:
    """The JSON of the body; none at all is an empty object. Raises Unreadable, WrongType, TooLong,
    BadInput.
    """
    request.max_content_length = JSON_BYTES
    try:
        given = request.get_data(cache=True)
    except RequestEntityTooLarge:
        raise TooLong(f"JSON may have at most {JSON_BYTES >> 20} MB.") from None
    if not given:
        return _validated(model, {})
    if not request.is_json:
        raise WrongType("Send JSON here.", fix="The header is Content-Type: application/json.")
    try:
        data = request.get_json()
    except (BadRequest, RecursionError):
        raise Unreadable("The body isn't JSON.", fix="Look for a missing quotation mark or comma.") from None
    if not isinstance(data, dict):
        raise refused({"body": ["Send a JSON object, in braces."]})
    return _validated(model, data)


def parsed_form(model: type[Parsed], request: Request) -> Parsed:
    """The fields beside the file of a form. Raises WrongType, BadInput."""
    if request.mimetype != "multipart/form-data":
        raise WrongType("Send the file as a form.", fix="With curl: -F file=@rows.csv")
    given = _given_once(request.form)
    if len(request.files.getlist("file")) != 1 or set(request.files) != {"file"}:
        raise refused({"file": ["Send one file, as the field “file”."]})
    return _validated(model, given)


def refused(errors: dict[str, list[str]]) -> BadInput:
    """The refusal of `errors` by field."""
    return BadInput(" ".join(f"{name}: {' '.join(texts)}" for name, texts in errors.items()), errors=errors)


def _given_once(values: MultiDict[str, str]) -> dict[str, str]:
    if twice := [name for name, texts in values.to_dict(flat=False).items() if len(texts) > 1]:
        raise refused({name: ["Give it once."] for name in twice})
    return values.to_dict()


def _validated(model: type[Parsed], given: Mapping[str, Any]) -> Parsed:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise refused(_errors(error, model)) from None


def _errors(error: ValidationError, model: type[BaseModel]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        field = str(one["loc"][0]) if one["loc"] else "body"
        text = _in_words(one["type"], one["msg"], model)
        if text not in found.setdefault(field, []):
            found[field].append(text)
    return found


def _in_words(kind: str, message: str, model: type[BaseModel]) -> str:
    """pydantic's messages begin with "Input should be ..." and name its own types."""
    if kind == "extra_forbidden":
        return (
            f"There is no such field here; there are {', '.join(model.model_fields)}."
            if model.model_fields
            else ("Nothing is taken here.")
        )
    if kind == "missing":
        return "This is needed."
    return message.replace("Input should be", "It must be").replace("Value error, ", "").rstrip(".") + "."
