"""The pages of data jobs."""

from portal.datajobs.views import actions, adding, converted, editing, history, reading
from portal.datajobs.views.blueprint import blueprint

__all__ = ["actions", "adding", "blueprint", "converted", "editing", "history", "reading"]
