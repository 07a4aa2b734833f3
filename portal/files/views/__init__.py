"""The pages of the library."""

from portal.files.views import changing, listing, reading, uploading
from portal.files.views.blueprint import blueprint

__all__ = ["blueprint", "changing", "listing", "reading", "uploading"]
