"""A file of a data job: what became of it beside what it was made from."""

from __future__ import annotations

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.permissions import reader
from portal.datajobs import queries
from portal.datajobs.forms import KIND_NAMES, METHOD_NAMES
from portal.datajobs.models import DataJobFile
from portal.datajobs.views.blueprint import blueprint
from portal.datajobs.views.reading import visible
from portal.documents.kinds import Kind
from portal.errors import NotFound
from portal.files.contents import BEGINNING
from portal.files.models import StoredFile
from portal.files.previews import preview_of
from portal.files.recognising import media_type
from portal.files.sending import sent

SHOWN_WITHIN_PAGE = {
    "Content-Disposition": "inline",
    "Content-Security-Policy": "; ".join(
        ("default-src 'none'", "object-src 'self'", "style-src 'unsafe-inline'", "frame-ancestors 'self'")
    ),
    "X-Frame-Options": "SAMEORIGIN",
}
"""For a PDF: pages of ours may hold it, and it can fetch nothing. Browsers show no PDF in a `sandbox`, since their
viewers are one; what is allowed beyond that is for the page that they put around it."""


@blueprint.get("/<public_id:job_id>/files/<public_id:file_id>")
@reader
def file(job_id: str, file_id: str) -> ResponseReturnValue:
    """The Markdown beside the original; `?raw=1` shows it as it is written, `?start=` a later part of it."""
    place = _place(job_id, file_id)
    original, markdown = queries.contents_of(place)
    return render_template(
        "datajobs/file.html",
        job=visible(job_id),
        file=place,
        original=original,
        before=preview_of(original, 0) if original else None,
        after=preview_of(markdown, request.args.get("start", 0, type=int)) if markdown else None,
        raw=request.args.get("raw") == "1",
        methods=METHOD_NAMES,
        kinds=KIND_NAMES,
        shown_of_text=BEGINNING,
    )


@blueprint.get("/<public_id:job_id>/files/<public_id:file_id>/original")
@reader
def original(job_id: str, file_id: str) -> Response:
    """The file as it was uploaded, to be kept; with `?show=1` a PDF within the page that shows it."""
    found = _kept(queries.contents_of(_place(job_id, file_id))[0])
    response = sent(found, media_type(found.kind))
    if request.args.get("show") == "1" and found.kind == Kind.PDF:
        response.headers.update(SHOWN_WITHIN_PAGE)
    return response


@blueprint.get("/<public_id:job_id>/files/<public_id:file_id>/markdown")
@reader
def markdown(job_id: str, file_id: str) -> Response:
    """The Markdown, to be kept."""
    found = _kept(queries.contents_of(_place(job_id, file_id))[1])
    return sent(found, media_type(found.kind))


def _place(job_id: str, file_id: str) -> DataJobFile:
    found = queries.find_file(visible(job_id).id, file_id)
    if found is None:
        raise NotFound("The data job has no such file.", fix="It may have been removed or replaced meanwhile.")
    return found


def _kept(file: StoredFile | None) -> StoredFile:
    if file is None:
        raise NotFound("There is no such file to download.", fix="It wasn’t converted yet, or is gone.")
    return file
