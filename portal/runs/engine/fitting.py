"""Whether a file's headers fit its importer, before a row is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portal.errors import BadInput, PortalError
from portal.importers import Definition
from portal.runs.engine.mapping import map_headers, wrong_choices

Chosen = Mapping[str, str | None]
"""What someone has decided: header -> column, None for a header that no column takes."""


class ImporterChanged(PortalError):
    """The importer's code is another than that with which the rows were staged, and they don't go together."""

    def __init__(self, slug: str, changes: Sequence[str]) -> None:
        detail = f"The importer {slug} has been changed since the file was read: {', and '.join(changes)}."
        super().__init__(detail, fix="What was imported stays. Import the file again.")


def fitting_columns(headers: Sequence[str], definition: Definition, chosen: Chosen | None = None) -> dict[str, str]:
    """Which of `headers` goes to which column. Raises BadInput when they can't be imported, with what to do."""
    check_chosen(chosen, headers, definition)
    mapping = map_headers(headers, definition, chosen)
    if mapping.misfit:
        raise BadInput(mapping.misfit.message, fix=mapping.misfit.fix, errors={"file": [mapping.misfit.message]})
    if mapping.missing:
        raise _columns_missing(mapping.missing)
    if not mapping.columns:
        detail = "No header of the file is a column of this importer."
        raise BadInput(detail, fix=f"Its columns are {', '.join(definition.columns)}.", errors={"file": [detail]})
    return mapping.columns


def check_chosen(chosen: Chosen | None, headers: Sequence[str] | None, definition: Definition) -> None:
    """Raises BadInput where the columns that someone has chosen aren't there. `headers` are None while they aren't
    known."""
    if chosen and (wrong := wrong_choices(chosen, headers, definition)):
        raise BadInput(" ".join(wrong), errors={"mapping": wrong})


def still_fitting(
    mapping: Mapping[str, str], headers: Sequence[str], definition: Definition, chosen: Chosen | None = None
) -> dict[str, str]:
    """`mapping` if it goes with the importer as it is now; otherwise the one that does, as `fitting_columns`."""
    if mapping and not _changes(mapping, definition):
        return dict(mapping)
    return fitting_columns(headers, definition, chosen)


def check_unchanged(mapping: Mapping[str, str], definition: Definition) -> None:
    """Raises ImporterChanged where rows that were staged with `mapping` don't go with the importer as it is now: a part
    of their cells would be left out without a word."""
    if changes := _changes(mapping, definition):
        raise ImporterChanged(definition.slug, changes)


def _changes(mapping: Mapping[str, str], definition: Definition) -> list[str]:
    gone = [name for name in mapping.values() if name not in definition.columns]
    needed = [column.name for column in definition.required_columns if column.name not in mapping.values()]
    said = [f"{', '.join(gone)} is no column of it any more"] if gone else []
    return [*said, f"it needs {', '.join(needed)}"] if needed else said


def _columns_missing(missing: dict[str, str | None]) -> BadInput:
    names = ", ".join(missing)
    noun = "columns" if len(missing) > 1 else "column"
    likely = [f"“{header}” looks like {name}" for name, header in missing.items() if header]
    fix = f"Rename the header: {'; '.join(likely)}." if likely else f"Add the {noun} to the file's first line."
    detail = f"The file has no {noun} {names}, which this importer needs."
    return BadInput(detail, fix=fix, errors={"file": [detail]})
