"""What a shell completes."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import click
from click.shell_completion import CompletionItem
from flask.cli import ScriptInfo
from sqlalchemy.exc import SQLAlchemyError

from portal.datajobs.cli.here import newest_jobs

OFFERED = 100
"""So many jobs are looked at, the newest."""


def job_ids(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The jobs of this machine with their names, where there is a portal: none is made by asking. A portal elsewhere
    isn't asked while someone types."""
    is_here = Path(os.environ.get("PORTAL_DATA_DIR") or "instance").is_dir()
    if context.find_root().params.get("url") or not is_here:
        return []
    with suppress(click.ClickException, SQLAlchemyError):
        with context.ensure_object(ScriptInfo).load_app().app_context():
            found = [CompletionItem(job.id, help=job.name) for job in newest_jobs(OFFERED)]
        return [item for item in found if item.value.startswith(incomplete)]
    return []
