"""Uploads for the library, as the form parser leaves them: on disk and hashed."""

from __future__ import annotations

from pathlib import Path

from flask import current_app
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from portal import timeline
from portal.accounts.models import User
from portal.extensions import db
from portal.files.incoming import IncomingFile
from portal.files.models import StoredFile
from portal.files.operations import add_many

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


def upload(name: str, content: bytes | str = "Some text.\n") -> FileStorage:
    """One file on its way in."""
    incoming = IncomingFile(data_folder() / "incoming")
    incoming.write(content.encode() if isinstance(content, str) else content)
    incoming.seek(0)
    return FileStorage(stream=incoming, filename=name)


def added(actor: User, *names: str, **contents: bytes | str) -> list[str]:
    """Files of the library with these names; keywords give contents, with `_` for the dot. Returns their ids."""
    wanted = {name: f"Text of {name}.\n" for name in names}
    wanted |= {name.replace("_", "."): content for name, content in contents.items()}
    return [file.id for file in add_many([upload(*item) for item in wanted.items()], actor=actor).files]


def data_folder() -> Path:
    folder: Path = current_app.config["PORTAL"].data_dir
    return folder


def left_behind() -> tuple[int, int, int]:
    """How many files there are on their way in, in the store, and in the database."""
    incoming, kept = (
        sum(path.is_file() for path in (data_folder() / name).rglob("*")) for name in ("incoming", "files")
    )
    return incoming, kept, db.session.scalar(select(func.count()).select_from(StoredFile)) or 0


def history(file_id: str) -> list[tuple[str, str, str | None]]:
    """What happened to a file: the event, its words, by whom."""
    events = timeline.events_of(db.session, "file", file_id)
    return [(event.event_type, event.message, event.actor_label) for event in events]
