"""What a request brings along, as models; what is wrong with it, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Request
from pydantic import BaseModel, ConfigDict, ValidationError
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from portal.errors import BadInput, PortalError

Parsed = TypeVar("Parsed", bound=BaseModel)

JSON_BYTES = 8 << 20
"""Files may be larger; JSON is read as a whole."""

LONGEST_TEXT = 64 * 1024
"""Bytes of a field that is sent in the manner of a file."""


class Input(BaseModel):
    """Parent of all that endpoints take. A name that isn't known is refused: what is misspelt must not be ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class StrictInput(Input):
    """Of JSON, in which a number isn't a text and a text no number."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


@dataclass(frozen=True)
class FormFiles:
    """The files of a form: the field in which they come, and how many it takes."""

    field: str = "file"
    most: int = 1


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


def parsed_form(model: type[Parsed], files: FormFiles, request: Request) -> Parsed:
    """The fields beside the files of a form. Raises WrongType, BadInput."""
    if request.mimetype != "multipart/form-data":
        raise WrongType("Send the file as a form.", fix=f"With curl: --form {files.field}=@FILE")
    count = len(request.files.getlist(files.field))
    if not 1 <= count <= files.most:
        number = "one file" if files.most == 1 else f"1 to {files.most} files"
        raise refused({files.field: [f"Send {number}, as the field “{files.field}”."]})
    sent_as_files = [item for item in request.files.items(multi=True) if item[0] != files.field]
    fields = [*request.form.items(multi=True), *_texts(sent_as_files)]
    return _validated(model, _given_once(MultiDict(fields)))


def refused(errors: dict[str, list[str]]) -> BadInput:
    """The refusal of `errors` by field."""
    return BadInput(" ".join(f"{name}: {' '.join(texts)}" for name, texts in errors.items()), errors=errors)


def _texts(parts: list[tuple[str, FileStorage]]) -> Iterator[tuple[str, str]]:
    """Fields that come in the manner of files, as the public client sends a name. Raises BadInput."""
    for name, part in parts:
        content = part.stream.read(LONGEST_TEXT + 1)
        if len(content) > LONGEST_TEXT:
            raise refused({name: ["This is too long."]})
        try:
            yield name, content.decode()
        except UnicodeDecodeError:
            raise refused({name: ["Send text in UTF-8."]}) from None


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
    """pydantic's messages begin with "Input should be ..." or "String should have ..."."""
    if kind == "extra_forbidden":
        return (
            f"There is no such field here; there are {', '.join(model.model_fields)}."
            if model.model_fields
            else ("Nothing is taken here.")
        )
    if kind == "missing":
        return "This is needed."
    return re.sub(r"^\w+ should (?=be|have)", "It must ", message).replace("Value error, ", "").rstrip(".") + "."
