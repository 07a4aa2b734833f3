"""Editing a failed row: in its place among the rows of a group, or on its own page where there are no scripts."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor
from portal.accounts.permissions import reader, writer
from portal.errors import BadInput, WrongState
from portal.runs.checks import changeable_run
from portal.runs.editing import EditedMeanwhile, EditedRow, check_row, edit_row, editable_row, existing_row
from portal.runs.judging import RowCheck
from portal.runs.models import IngestErrorGroup, IngestRun
from portal.runs.queries import KeptRow
from portal.runs.row_forms import RowForm, row_form, typed_cells
from portal.runs.views.blueprint import ROW_ADDRESS, blueprint
from portal.runs.views.reading import visible, visible_group
from portal.runs.views.row_parts import group_parts, known_errors, ordered_headers
from portal.runs.views.tracing import row_page
from portal.web.paging import Page
from portal.web.requests import wants_fragment


@blueprint.get(f"{ROW_ADDRESS}/edit")
@writer
def edit_form(run_id: int, row_number: int) -> ResponseReturnValue:
    """The form in the place of the row; `?group=` says in which group."""
    run = changeable_run(run_id, current_actor())
    row = editable_row(run, row_number)
    if not wants_fragment():
        return redirect(url_for("runs.row", run_id=run_id, row_number=row_number, _anchor="edit"))
    return _form_in_place(run, row_form(run, row, known_errors(run, row)))


@blueprint.get(f"{ROW_ADDRESS}/line")
@reader
def line(run_id: int, row_number: int) -> ResponseReturnValue:
    """The row as it stands among those of `?group=`: the form was left."""
    run = visible(run_id)
    return _line(run, existing_row(run, row_number))


@blueprint.post(f"{ROW_ADDRESS}/edit")
@writer
def edit(run_id: int, row_number: int) -> ResponseReturnValue:
    """Keep what was typed, and say whether the row passes now."""
    run = changeable_run(run_id, current_actor())
    row = existing_row(run, row_number)
    typed = typed_cells(row, request.form)
    try:
        version = request.form.get("version")
        edited = edit_row(run_id, row_number, typed, actor=current_actor(), version=version)
    except (BadInput, WrongState) as error:
        now = error.row if isinstance(error, EditedMeanwhile) else row
        return _refused(run, row_form(run, now, known_errors(run, now), typed=typed, problem=error))
    return _saved(run, edited)


@blueprint.post(f"{ROW_ADDRESS}/check")
@writer
def check(run_id: int, row_number: int) -> ResponseReturnValue:
    """Whether the row would pass with what is typed; nothing is kept."""
    run = changeable_run(run_id, current_actor())
    try:
        found = check_row(run, row_number, typed_cells(existing_row(run, row_number), request.form))
    except BadInput as error:
        found = RowCheck(unchecked=error)
    return render_template("runs/_check.html", run=run, check=found, is_kept=False)


def _saved(run: IngestRun, edited: EditedRow) -> ResponseReturnValue:
    """What still fails is best mended at once: so the form stays until the row passes."""
    row = edited.row
    if not wants_fragment():
        flash(f"Row {row.row_number:,} is saved." if edited.after else "Nothing was changed.", "success")
        return redirect(url_for("runs.row", run_id=run.id, row_number=row.row_number))
    if edited.check.failures:
        errors = [(failure.field, failure.message, failure.value) for failure in edited.check.failures]
        return _form_in_place(run, row_form(run, row, errors), saved=True)
    return _line(run, row)


def _refused(run: IngestRun, form: RowForm) -> ResponseReturnValue:
    if not wants_fragment():
        return row_page(run, form.row_number, form)
    return _form_in_place(run, form, form.problem.status if form.problem else HTTPStatus.OK)


def _form_in_place(
    run: IngestRun, form: RowForm, status: int = HTTPStatus.OK, *, saved: bool = False
) -> ResponseReturnValue:
    group = _group(run)
    parts = {"group": group, "headers": ordered_headers(run, group), "form": form, "saved": saved}
    return _in_place(group, form.row_number, render_template("runs/_row_form.html", run=run, **parts), status)


def _line(run: IngestRun, row: KeptRow) -> ResponseReturnValue:
    group = _group(run)
    parts: dict[str, Any] = group_parts(run, group, Page([row], 1, 1, 1))
    [shown] = parts["page"].items
    page = render_template("runs/_row.html", row=shown, is_back=True, **parts)
    return _in_place(group, row.row_number, page, HTTPStatus.OK)


def _in_place(group: IngestErrorGroup, row_number: int, page: str, status: int) -> Response:
    """The answer says where it belongs, since a refusal would be shown above the page by itself."""
    response = make_response(page, status)
    response.headers["HX-Retarget"] = f"#row-{group.id}-{row_number}"
    response.headers["HX-Reswap"] = "outerHTML"
    return response


def _group(run: IngestRun) -> IngestErrorGroup:
    return visible_group(run, request.args.get("group", ""))
