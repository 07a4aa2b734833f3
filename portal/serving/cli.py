"""`portal serve`, `portal web`, `portal worker`: the programs themselves."""

from __future__ import annotations

import contextlib
import socket
import sys
import time

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from portal.command_line import says_why_not
from portal.serving import children, welcome
from portal.serving.schema import check_schema, upgrade_embedded_database
from portal.serving.supervisor import Child, Supervisor

START_SECONDS = 30
PORT_SECONDS = 3

host_option = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
port_option = click.option("--port", default=8000, show_default=True, help="Port to listen on.")
workers_option = click.option(
    "--workers",
    "count",
    type=click.IntRange(1, 64),
    default=children.default_workers,
    help="Worker processes; by default one for each core.",
)


@click.command("serve")
@host_option
@port_option
@workers_option
@click.option("--sign-in-link", is_flag=True, help="Print a one-time sign-in link for an administrator.")
@with_appcontext
@says_why_not
def serve(host: str, port: int, count: int, sign_in_link: bool) -> None:
    """Run web and workers in the foreground. Ctrl-C ends all of it."""
    _check_port(host, port)
    upgrade_embedded_database()
    check_schema()
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy's own way
    supervisor = Supervisor([children.web_server(host, port), *children.workers(count)])
    supervisor.start()
    if _listens(host, port):
        click.echo(f"Ingest Portal is at http://{host}:{port} with {count} worker{'s' * (count > 1)}.")
        if sign_in_link:
            welcome.print_sign_in_link(app, f"http://{host}:{port}")
        click.echo("Press Ctrl-C to stop.")
    sys.exit(supervisor.run())


@click.command("web")
@host_option
@port_option
@with_appcontext
@says_why_not
def web(host: str, port: int) -> None:
    """Run the web server alone."""
    _check_port(host, port)
    check_schema()
    _supervise([children.web_server(host, port)])


@click.command("worker")
@workers_option
@with_appcontext
@says_why_not
def worker(count: int) -> None:
    """Run workers alone, as on a second machine."""
    check_schema()
    _supervise(children.workers(count))


def _supervise(programs: list[Child]) -> None:
    supervisor = Supervisor(programs)
    supervisor.start()
    sys.exit(supervisor.run())


def _check_port(host: str, port: int) -> None:
    """Refuse a port that is taken. One that a portal of a moment ago still holds is waited for."""
    end = time.monotonic() + PORT_SECONDS
    while reason := _taken(host, port):
        if time.monotonic() > end:
            raise click.ClickException(f"Port {port} of {host} can't be used: {reason}. Choose another with --port.")
        time.sleep(0.1)


def _taken(host: str, port: int) -> str:
    with contextlib.closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.strerror or str(error)
    return ""


def _listens(host: str, port: int) -> bool:
    """Wait until the web server answers; False when it doesn't in time."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=1):
            return True
        time.sleep(0.1)
    return False
