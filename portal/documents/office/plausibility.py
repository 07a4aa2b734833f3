"""Whether what was read of an Office file can be all that it says. Readers leave out what they don't understand without
a word, and what is only part of a document must not look like all of it."""

from __future__ import annotations

from portal.documents import failures
from portal.documents.failures import ConversionFailed
from portal.documents.office.package import Prepared

LEAST_SHARE = 0.3
"""Hidden text, heads and footers, fields and layouts have text that is left out on purpose."""
ENOUGH_TO_TELL = 400


def check(text: str, prepared: Prepared) -> None:
    """Raises ConversionFailed: the file has macros, images or nothing, but no text, or much more than was read."""
    if not text.strip() and prepared.letters < ENOUGH_TO_TELL:  # hidden text, or notes that nothing refers to
        raise ConversionFailed(_failure_of_textless(prepared.dropped))
    if prepared.letters > ENOUGH_TO_TELL and len(text.encode(errors="replace")) < LEAST_SHARE * prepared.letters:
        raise ConversionFailed(failures.INTERNAL, f"{len(text)} characters of {prepared.letters} bytes of text")


def _failure_of_textless(dropped: tuple[str, ...]) -> failures.Failure:
    if any(name.endswith("vbaProject.bin") for name in dropped):
        return failures.MACROS_ONLY
    return failures.NO_TEXT if any("/media/" in name for name in dropped) else failures.EMPTY
