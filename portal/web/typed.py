"""Text as people typed it."""

from __future__ import annotations

from typing import overload


@overload
def as_typed(text: str) -> str: ...
@overload
def as_typed(text: None) -> None: ...
def as_typed(text: str | None) -> str | None:
    """The text of a form with its lines ended as everywhere else: browsers send CR LF
    (https://html.spec.whatwg.org/#constructing-the-form-data-set). For fields of WTForms, a filter."""
    return text.replace("\r\n", "\n") if text else text
