"""Importers in words, for people."""

from __future__ import annotations

from portal.importers.importer import OnDuplicate


def on_duplicate_text(strategy: OnDuplicate) -> str:
    """What an importer does with a row whose key is there already."""
    return {
        OnDuplicate.SKIP: "The existing row stays as it is; the new one is skipped.",
        OnDuplicate.UPDATE: "The existing row is updated.",
        OnDuplicate.UPSERT: "The existing row is updated.",
        OnDuplicate.UPDATE_IF_NEWER: "The existing row is updated if the new one is newer; else that is skipped.",
        OnDuplicate.FAIL: "The row is reported as failed.",
    }[strategy]
