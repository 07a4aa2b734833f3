"""The pages of data jobs."""

from portal.datajobs.views import actions, adding, converted, editing, history, prompting, reading, starting
from portal.datajobs.views.blueprint import blueprint

__all__ = ["actions", "adding", "blueprint", "converted", "editing", "history", "prompting", "reading", "starting"]
