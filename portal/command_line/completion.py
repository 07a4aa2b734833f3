"""`portal completion`: what a shell needs to complete commands."""

from __future__ import annotations

import sys

import click
from click.shell_completion import get_completion_class

INSTALL = {
    "bash": 'Add to ~/.bashrc: eval "$(portal completion bash)"',
    "zsh": 'Add to ~/.zshrc: eval "$(portal completion zsh)"',
    "fish": "Keep it: portal completion fish > ~/.config/fish/completions/portal.fish",
}

PROGRAM = "portal"
VARIABLE = "_PORTAL_COMPLETE"
"""Asks the program for words instead of running a command: click's own name for it."""


@click.command("completion")
@click.argument("shell", type=click.Choice(list(INSTALL)))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that completes commands, options, importers and data jobs in a shell."""
    kind = get_completion_class(shell)
    if kind is None:
        raise click.ClickException(f"There is no completion for {shell}.")
    click.echo(kind(context.find_root().command, {}, PROGRAM, VARIABLE).source())
    if sys.stdout.isatty():
        click.echo(INSTALL[shell], err=True)
