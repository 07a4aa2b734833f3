"""Giving a file of the library another name."""

from __future__ import annotations

from sqlalchemy import select

from portal import timeline
from portal.accounts.models import User
from portal.database import writing
from portal.errors import BadInput
from portal.extensions import db
from portal.files.contents import open_stored
from portal.files.fitting import unfit
from portal.files.models import FilePurpose, StoredFile
from portal.files.operations.keeping import LONGEST_NAME
from portal.files.operations.removing import changeable_file
from portal.files.recognising import kind_in


def rename_file(file_id: str, name: str, *, actor: User) -> StoredFile:
    """Call the file `name`. Its type is found anew: among texts the name decides it.

    Raises NotFound, BadInput naming the field `name` (training data must stay what training takes), OutOfReach when the
    store is away.
    """
    name = name.strip()
    _check(name)
    file = changeable_file(file_id, actor)
    with open_stored(file) as content:
        kind = kind_in(content, name)  # type: ignore[arg-type]  # what it opens can be positioned
    if kind != file.kind and file.purpose and (reason := unfit(FilePurpose(file.purpose), kind, file.size)):
        raise BadInput(reason, errors={"name": [reason]})
    with writing(db.session):
        # Who deletes it waits; weaker than their lock, so that others may go on to refer to the file.
        db.session.execute(select(StoredFile.id).where(StoredFile.id == file_id).with_for_update(key_share=True)).all()
        file = changeable_file(file_id, actor)
        if file.name != name:
            text = f"{file.name} is called {name} now."
            timeline.record(db.session, "file", file_id, "Renamed", text, actor=actor)
            file.name, file.kind = name, kind
    return file


def _check(name: str) -> None:
    wrong = ""
    if not name:
        wrong = "Enter a name."
    elif len(name) > LONGEST_NAME:
        wrong = f"A name has at most {LONGEST_NAME} characters."
    elif "/" in name or "\\" in name or not name.isprintable():
        wrong = "A name can't contain slashes, line breaks or other control characters."
    if wrong:
        raise BadInput(wrong, errors={"name": [wrong]})
