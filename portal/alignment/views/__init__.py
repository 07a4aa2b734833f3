"""The pages of alignment."""

from portal.alignment.views import changing, dropping, editing, history, pairs, reading
from portal.alignment.views.blueprint import blueprint

__all__ = ["blueprint", "changing", "dropping", "editing", "history", "pairs", "reading"]
