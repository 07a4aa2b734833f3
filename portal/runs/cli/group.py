"""The group that the modules beside this one add their commands to, and the options that several of them have."""

from __future__ import annotations

import os
from contextlib import suppress

import click

from portal.command_line import reaching
from portal.importers.registry import load_importers
from portal.runs.cli.elsewhere import RunsElsewhere
from portal.runs.cli.here import RunsHere

LARGEST = 2**63 - 1


@click.group("ingest")
def ingest() -> None:
    """Row imports."""


def _slugs(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The importers of this machine; a portal elsewhere isn't asked while someone types."""
    names = (name.strip() for name in os.environ.get("PORTAL_IMPORTERS", "").split(","))
    with suppress(ValueError):
        found = {} if context.find_root().params.get("url") else load_importers(tuple(filter(None, names)))
        return [slug for slug in found if slug.startswith(incomplete)]
    return []


asks_runs = reaching(RunsHere, RunsElsewhere)
"""Gives a command its `RunsDoor`."""

run_argument = click.argument("run_id", type=click.IntRange(1, LARGEST), metavar="ID")
row_argument = click.argument("row_number", type=click.IntRange(1, LARGEST), metavar="ROW")
slug_argument = click.argument("slug", shell_complete=_slugs)
page_option = click.option("--page", type=click.IntRange(1, 10_000_000), default=1, help="Of a long list, from 1.")
