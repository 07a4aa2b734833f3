"""The pages of runs."""

from portal.runs.views import actions, reading, starting, tracing, triggering
from portal.runs.views.blueprint import blueprint

__all__ = ["actions", "blueprint", "reading", "starting", "tracing", "triggering"]
