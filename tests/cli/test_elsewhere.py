"""A portal elsewhere: what a command needs here (nothing), and what it says when something is in the way."""

from __future__ import annotations

import json
import os
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme
from click.testing import CliRunner
from flask import Flask

from portal.cli import main
from portal.client import Connection, connection
from portal.client.uploads import BLOCK, Upload
from portal.errors import BadInput
from tests.cli.conftest import Command, command, no_app
from tests.support.running import free_port
from tests.support.served import served
from tests.support.web import Handler, Site, redirect, web_site

IMPORTERS = "/api/v1/ingest/importers"
NONE = b'{"data": []}'


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is tried again is tried at once."""
    monkeypatch.setattr(connection, "TRIES", connection.TRIES.new(backoff_factor=0))


@pytest.fixture
def site() -> Iterator[Site]:
    with web_site() as found:
        yield found


@pytest.fixture
def portal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """`portal` in an empty folder, without any setting."""
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    for name in ("PORTAL_URL", "PORTAL_TOKEN", "PORTAL_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    return command(CliRunner(), no_app)


def test_nothing_is_needed_here_and_nothing_left(portal, site) -> None:
    site.pages[IMPORTERS] = NONE
    assert portal("--url", f"{site.url}/", "--token", "ptl_x", "ingest", "list", "--json") == (0, '{"data": []}\n', "")
    [(path, headers)] = site.asked
    assert (path, headers["Authorization"]) == (IMPORTERS, "Bearer ptl_x")
    assert list(Path.cwd().iterdir()) == []


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--url", "http://localhost", "ingest", "list"), "A portal elsewhere wants a token: set PORTAL_TOKEN."),
        (("--url", "localhost:8000", "--token", "x", "users", "list"), "can't be the address of a portal"),
        (("--url", "ftp://localhost", "--token", "x", "users", "list"), "can't be the address of a portal"),
        (("--url", "http://", "--token", "x", "users", "list"), "can't be the address of a portal"),
        (("--url", "http://a b", "--token", "x", "users", "list"), "can't be the address of a portal"),
        (("--url", "http://localhost", "--token", "a b", "users", "list"), "The token can't be one"),
        (("--url", "http://localhost", "--token", "é", "users", "list"), "The token can't be one"),
        (("--url", "http://localhost", "--token", "x", "serve"), "portal serve works only on the portal's own machine"),
        (("--url", "http://localhost", "--token", "x", "web"), "portal web works only"),
        (("--url", "http://localhost", "--token", "x", "worker"), "portal worker works only"),
        (("--url", "http://localhost", "--token", "x", "db", "upgrade"), "portal db works only"),
        (("--url", "http://localhost", "--token", "x", "importers", "new", "A"), "portal importers works only"),
    ],
)
def test_what_cant_be_meant_is_wrong_usage_in_one_line(portal, words, why) -> None:
    status, out, err = portal(*words)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert why in err


def problem(status: int, **said: object) -> Callable[[Handler], None]:
    return lambda handler: handler.give(status, json.dumps(said).encode(), Content_Type="application/problem+json")


def page(status: int) -> Callable[[Handler], None]:
    return lambda handler: handler.give(status, b"<h1>Hello</h1>", Content_Type="text/html", Retry_After="0")


def half(handler: Handler) -> None:
    handler.begin(200, Content_Length="100")
    handler.wfile.write(b'{"data"')
    handler.cut()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (
            problem(401, detail="The token isn't valid."),
            "The token isn't valid. Set PORTAL_TOKEN to a token that works",
        ),
        (problem(403, detail="You may not do that.", fix="Ask."), "Error: You may not do that. Ask.\n"),
        (problem(422, detail="No.", errors={"page": ["Too far."]}), "Error: No. page: Too far.\n"),
        (problem(422, title="without a detail"), "is no portal (status 422)"),
        (page(404), "What answers at {url} is no portal (status 404). Check the address given as --url."),
        (page(200), "What answers at {url} is no portal (status 200)."),
        (page(500), "The portal at {url} doesn't answer as it should (status 500)."),
        (page(502), "The portal at {url} doesn't answer as it should (status 502)."),
        (b"[]", "What answers at {url} is no portal"),
        (b'{"hello": "world"}', "What answers at {url} is no portal"),
        (
            redirect("https://portal.example.com/"),
            "{url} only leads on, to https://portal.example.com/. Give the final",
        ),
        (half, "The connection to {url} broke off."),
    ],
)
def test_what_is_in_the_way_is_told_in_one_line(portal, site, answer, why) -> None:
    site.pages[IMPORTERS] = answer
    status, out, err = portal("--url", site.url, "--token", "x", "ingest", "list")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert why.format(url=site.url) in err


def test_half_a_download_is_not_kept(portal, site) -> None:
    site.pages["/api/v1/ingest/1/failed-rows/download"] = half
    status, _, err = portal("--url", site.url, "--token", "x", "ingest", "download", "1", "-o", "failed.csv")
    assert (status, err) == (1, f"Error: The connection to {site.url} broke off. Try again.\n")
    assert list(Path.cwd().iterdir()) == []


def test_where_no_portal_runs(portal) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    status, _, err = portal("--url", url, "--token", "x", "ingest", "list")
    assert (status, err) == (1, f"Error: The portal at {url} can't be reached: Connection refused. Is it running?\n")


def test_a_certificate_that_nobody_vouches_for(portal) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with web_site(context) as secure:
        url = secure.url.replace("http", "https")
        status, _, err = portal("--url", url, "--token", "x", "ingest", "list")
    assert (status, err.count("\n")) == (1, 1)
    assert err.startswith(f"Error: The certificate of {url} isn't trusted: unable to get local issuer certificate.")
    assert secure.asked == []


def test_a_portal_that_is_busy_is_asked_again(portal, site) -> None:
    site.pages[IMPORTERS] = [page(503), page(429), NONE]
    assert portal("--url", site.url, "--token", "x", "ingest", "list", "--json")[0] == 0
    assert len(site.asked) == 3


@pytest.fixture
def app(importing_app: Flask) -> Flask:
    return importing_app


def test_a_file_that_is_sent_again_is_imported_once(app, token, bench, goods) -> None:
    lost: list[str] = []

    def losing_the_first_answer(environ, start_response):
        def start(status, headers, *rest):
            if environ["REQUEST_METHOD"] == "POST" and not lost:
                lost.append(status)
                return start_response("502 Bad Gateway", headers, *rest)
            return start_response(status, headers, *rest)

        return app(environ, start)

    with served(losing_the_first_answer) as url:
        run = command(CliRunner(), no_app)
        status, out, err = run("--url", url, "--token", token, "ingest", "run", "goods", "--file", goods)
    assert (status, err, lost) == (0, "", ["202 ACCEPTED"])
    with bench() as lab:
        assert lab.rows("SELECT id FROM ingest_runs") == [(int(out),)]


def test_what_has_not_changed_is_not_sent_again(app, token, bench) -> None:
    answered: list[str] = []

    def noting(environ, start_response):
        return app(environ, lambda status, *rest: (answered.append(status), start_response(status, *rest))[1])

    with bench() as lab:
        run_id = lab.start("goods", "sku,name\nA,apple\n")
    with served(noting) as url:
        portal = Connection(url, token)
        asked = [portal.poll(f"/api/v1/ingest/{run_id}") for _ in range(2)]
        with bench() as lab:
            lab.drain()
        later = portal.poll(f"/api/v1/ingest/{run_id}")
    assert answered == ["200 OK", "304 NOT MODIFIED", "200 OK"]
    assert asked[0] == asked[1]
    assert later["data"]["status"] == "completed"


def test_others_runs_are_not_seen(app, users, bench, goods) -> None:
    with bench() as lab:
        run_id = lab.run("goods", "sku,name\nA,apple\n").id
    token = app.test_cli_runner().invoke(args=["tokens", "create", users("operator").email]).stdout.strip()
    with served(app) as url:
        run = command(CliRunner(env={"PORTAL_URL": url, "PORTAL_TOKEN": token}), no_app)
        assert run("ingest", "status", str(run_id)) == (1, "", f"Error: There is no run {run_id}.\n")
        assert run("ingest", "runs")[1] == "There are no runs.\n"


def test_a_form_is_read_as_it_is_sent_and_can_be_sent_again(tmp_path) -> None:
    path = tmp_path / "große Datei.csv"
    path.write_bytes(bytes(range(256)) * 4096)
    form = Upload([path], {"dry_run": "true"})
    blocks = list(form)
    assert max(map(len, blocks)) <= BLOCK
    assert sum(map(len, blocks)) == int(form.headers["Content-Length"])
    assert b"".join(blocks) == b"".join(form)
    with path.open("ab") as file:
        file.write(b"more")
    assert b"".join(blocks) == b"".join(form)
    path.write_bytes(b"less")
    with pytest.raises(BadInput, match="became shorter while it was sent"):
        list(form)


def test_what_has_no_length_cant_be_sent(tmp_path) -> None:
    with pytest.raises(BadInput, match="has no length"):
        Upload([Path("/dev/null")], {})


def test_every_command_of_an_app_is_one_of_portal(app) -> None:
    assert set(app.cli.commands) <= set(main.commands)


def test_a_file_whose_name_is_no_text(portal, site, tmp_path: Path) -> None:
    file = Path(os.fsdecode(bytes(tmp_path) + b"/\xff.csv"))
    file.write_text("body\n")
    form = b"".join(Upload([file], {}))
    assert b'filename="?.csv"' in form


def test_a_cell_that_is_no_text_is_for_the_portal_to_refuse(portal, site) -> None:
    words = ("--url", site.url, "--token", "ptl_x", "ingest", "edit", "8", "1", "code=\udcff")
    status, out, err = portal(*words)
    assert (status, out, err.count("\n")) == (1, "", 1)


def test_a_password_has_no_place_in_the_address(portal) -> None:
    status, _, err = portal("--url", "http://ann:hidden@127.0.0.1:1", "--token", "ptl_x", "ingest", "list")
    assert status == 2
    assert "hidden" not in err
