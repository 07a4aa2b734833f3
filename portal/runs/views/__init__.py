"""The pages of runs."""

from portal.runs.views import actions, editing, groups, history, reading, starting, tracing, triggering
from portal.runs.views.blueprint import blueprint

__all__ = ["actions", "blueprint", "editing", "groups", "history", "reading", "starting", "tracing", "triggering"]
