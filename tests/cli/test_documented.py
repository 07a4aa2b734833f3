"""docs/command-line.md: each example does what is said, at the portal here and at one elsewhere."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import click
import pytest
from flask import Flask

from portal.cli import ANYWHERE, main
from tests.support.databases import Database
from tests.support.lab import drain
from tests.support.running import until

DOCUMENT = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text()
EXAMPLES = [
    line
    for block in re.findall(r"```sh\n(.*?)```", DOCUMENT, re.DOTALL)
    for line in block.splitlines()
    if "portal " in line
]
ASSIGNED = re.compile(r'(\w+)="\$\((.*)\)"')
"""NAME="$(portal ...)": what it prints is meant by $NAME from then on."""


@pytest.fixture
def working(app: Flask, database: str, users, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Beside the file of the examples, with an administrator, and something that does what workers would do."""
    users("admin", "ada@example.com")
    desk = tmp_path / "desk"
    desk.mkdir()
    monkeypatch.chdir(desk)
    Path("airlines.csv").write_text("carrier,name\nUA,United Air Lines Inc.\nAA,\nDL,\n")
    Path("handbook.md").write_text("# Leave\n\nEvery employee has twenty-five days of paid leave a year.\n")
    Path("leave.txt").write_text("Leave is asked for in writing.\n")
    Path("scan.pdf").touch()
    done = Event()

    def work() -> None:
        try:
            while not done.wait(0.02):
                with app.app_context():
                    drain()
        finally:  # whatever happens, no example waits for ever
            Database(database).write("UPDATE ingest_runs SET status = 'failed' WHERE completed_at IS NULL")
            Database(database).write("UPDATE file_records SET status = 'failed' WHERE completed_at IS NULL")
            Database(database).write("UPDATE alignment_jobs SET status = 'failed' WHERE stopped_at IS NULL")

    thread = Thread(target=work)
    thread.start()
    yield
    done.set()
    thread.join()


def test_every_example_does_what_is_said(portal, working, database) -> None:
    known: dict[str, str] = {}
    for line in EXAMPLES:
        stdin, words = understood(line)
        status, out, err = portal(*(known.get(word, word) for word in words), stdin=stdin)
        if assigned := ASSIGNED.fullmatch(line):
            known[f"${assigned[1]}"] = out.strip()
        assert status == ("# exits 1" in line), f"{line}\n{err}"
        until(lambda: not Database(database).rows("SELECT id FROM ingest_runs WHERE completed_at IS NULL"), 30, line)


def understood(line: str) -> tuple[str, list[str]]:
    """What a line gives to `portal` as standard input and as words. An address that is nobody's is left out: where the
    portal is has been said before."""
    words = shlex.split(ASSIGNED.sub(r"\2", line), comments=True)
    stdin, words = words[1] if words[0] == "echo" else "", words[words.index("portal") + 1 :]
    words = words[: words.index(">")] if ">" in words else words
    return stdin, words[2:] if words[0] == "--url" else words


def test_every_command_is_told_of() -> None:
    shown = {tuple(understood(line)[1][:2]) for line in EXAMPLES}
    for name, command in main.commands.items():
        if isinstance(command, click.Group) and command in ANYWHERE:
            assert {(name, inner) for inner in command.commands} <= shown
        else:
            assert f"portal {name}" in DOCUMENT
