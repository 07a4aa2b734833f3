"""The endpoints of files, as the public client knows them."""

from portal.files.api import changing, reading, uploading
from portal.files.api.blueprint import blueprint

__all__ = ["blueprint", "changing", "reading", "uploading"]
