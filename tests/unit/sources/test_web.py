"""Files from the web: real servers on the loopback, which must be named to be reached at all."""

from __future__ import annotations

import functools
import gzip
import socket
import ssl
import threading
import time
from typing import Any

import pytest
import trustme

from portal.sources import PassingProblem, SourceProblem
from portal.sources.reach import resolve
from tests.support.running import free_port
from tests.support.web import Handler, Site, redirect, web_site

ROWS = b"sku,name\nA,apple\n" * 50_000


def test_a_file_comes_whole_and_as_it_is(get, site: Site) -> None:
    site.pages["/o.csv"] = ROWS
    assert get(f"{site.url}/o.csv", allow=[site.host]) == ROWS
    path, headers = site.asked[0]
    assert (path, headers["Host"], headers["Accept-Encoding"]) == ("/o.csv", site.host, "identity")
    assert "Authorization" not in headers


def test_a_host_that_is_not_named_is_not_asked(get, site: Site) -> None:
    with pytest.raises(SourceProblem, match=rf"Files may not be fetched from {site.host}\.") as refused:
        get(f"{site.url}/o.csv", allow=["example.com"])
    assert refused.value.fix == f"Ask your administrator to add {site.host} to PORTAL_URL_ALLOW."
    assert not site.asked


def test_query_and_credentials_go_to_the_host_that_they_are_for(get, site: Site) -> None:
    site.pages["/o.csv?token=abc"] = ROWS
    environ = {"NAME": "ann", "SECRET": "pä:ss@"}
    address = f"http://${{NAME}}:${{SECRET}}@{site.host}/o.csv?token=abc"
    assert get(address, allow=[site.host], environ=environ) == ROWS
    assert site.asked[0][1]["Authorization"] == "Basic YW5uOnDDpDpzc0A="


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_to_allowed_hosts_without_credentials(get, site, elsewhere, status: int) -> None:
    site.pages["/old.csv"] = redirect("/moved.csv", status)
    site.pages["/moved.csv"] = redirect(f"http://eve:hers@{elsewhere.host}/new.csv", status)
    elsewhere.pages["/new.csv"] = ROWS
    assert get(f"http://ann:secret@{site.host}/old.csv", allow=[site.host, elsewhere.host]) == ROWS
    assert ["Authorization" in headers for _, headers in site.asked] == [True, True]
    assert "Authorization" not in elsewhere.asked[0][1]


def test_a_redirect_to_a_host_that_is_not_allowed_is_not_followed(get, site, elsewhere) -> None:
    site.pages["/o.csv"] = redirect(f"{elsewhere.url}/o.csv")
    elsewhere.pages["/o.csv"] = ROWS
    with pytest.raises(SourceProblem, match=f"Files may not be fetched from {elsewhere.host}"):
        get(f"{site.url}/o.csv", allow=[site.host])
    assert not elsewhere.asked


@pytest.mark.parametrize(
    "target", ["http://10.0.0.1/", "http://169.254.169.254/latest", "http://[::1]/", "http://0x7f.1/"]
)
def test_a_redirect_to_a_private_address_is_not_followed(get, site, target: str) -> None:
    site.pages["/o.csv"] = redirect(target)
    with pytest.raises(SourceProblem, match="Files may not be fetched from"):
        get(f"{site.url}/o.csv", allow=[site.host, "*.example.com"])


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.com/o.csv", "http://a b/", "https://"])
def test_a_redirect_out_of_the_web_is_not_followed(get, site, target: str) -> None:
    site.pages["/o.csv"] = redirect(target)
    with pytest.raises(SourceProblem, match="an address that isn't one of the web"):
        get(f"{site.url}/o.csv", allow=[site.host])


def test_redirects_without_end_are_given_up(get, site) -> None:
    site.pages["/o.csv"] = redirect("/o.csv")
    with pytest.raises(SourceProblem, match="redirects more than 5 times"):
        get(f"{site.url}/o.csv", allow=[site.host])
    assert len(site.asked) == 6


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "::ffff:127.0.0.1", "169.254.169.254"])
def test_a_name_that_leads_inside_is_not_followed(get, site, address: str) -> None:
    """Even if only one of its addresses does, and a pattern allows the name."""
    with pytest.raises(SourceProblem, match="data\\.example\\.com isn't at a public address"):
        get(
            f"http://data.example.com:{site.port}/o.csv",
            allow=[f"*.example.com:{site.port}"],
            resolve=lambda _host, _port: ["93.184.215.14", address],
        )
    assert not site.asked


def test_a_name_that_is_looked_up_again_leads_nowhere_else(get, site) -> None:
    """The address that was checked is the one that is connected to: the second answer is never asked for."""
    site.pages["/o.csv"] = ROWS
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    host = f"data.example.com:{site.port}"
    assert get(f"http://{host}/o.csv", allow=[host], resolve=lambda _host, _port: answers.pop(0)) == ROWS
    assert (len(answers), site.asked[0][1]["Host"]) == (1, host)


def test_the_next_address_is_tried_where_the_first_takes_no_connection(get, site) -> None:
    site.pages["/o.csv"] = ROWS
    host = f"localhost:{site.port}"
    assert get(f"http://{host}/o.csv", allow=[host], resolve=lambda _host, _port: ["::1", "127.0.0.1"]) == ROWS


@pytest.mark.parametrize(
    ("status", "message", "passes"),
    [
        (401, r"refuses to give .* \(401\)", False),
        (403, r"refuses to give .* \(403\)", False),
        (404, r"There is no file at .* \(404\)", False),
        (410, r"There is no file at .* \(410\)", False),
        (418, "answers 418 instead of giving", False),
        (204, "answers 204 instead of giving", False),
        (304, "answers 304 instead of giving", False),
        (429, r"can't give .* now \(429\)", True),
        (500, r"can't give .* now \(500\)", True),
        (503, r"can't give .* now \(503\)", True),
    ],
)
def test_what_an_answer_means(get, site, status: int, message: str, passes: bool) -> None:
    site.pages["/o.csv?secret"] = lambda handler: handler.give(status)
    with pytest.raises(SourceProblem, match=message) as refused:
        get(f"{site.url}/o.csv?secret", allow=[site.host])
    assert isinstance(refused.value, PassingProblem) == passes
    assert refused.value.fix
    assert "secret" not in refused.value.message


def test_a_file_that_says_it_is_too_large_is_not_read(get, site, quick) -> None:
    site.pages["/o.csv"] = lambda handler: (handler.begin(200, Content_Length="99999999999"), site.released.wait(30))
    with pytest.raises(SourceProblem, match="too large: at most 9 MB are fetched"):
        get(f"{site.url}/o.csv", allow=[site.host])


def test_a_file_that_turns_out_too_large_is_not_read_to_its_end(get, site, quick) -> None:
    def flood(handler: Handler) -> None:
        handler.begin(200, Connection="close")
        while not site.released.is_set():
            handler.wfile.write(ROWS)

    site.pages["/o.csv"] = flood
    with pytest.raises(SourceProblem, match="too large"):
        get(f"{site.url}/o.csv", allow=[site.host])


@pytest.mark.parametrize("headers", [{"Content_Length": str(2 * len(ROWS))}, {"Transfer_Encoding": "chunked"}])
def test_a_connection_that_is_cut_is_noticed(get, site, headers: dict[str, str]) -> None:
    def cut(handler: Handler) -> None:
        handler.begin(200, **headers)
        handler.wfile.write(f"{len(ROWS):x}\r\n".encode() * ("Transfer_Encoding" in headers) + ROWS)
        handler.cut()

    site.pages["/o.csv"] = cut
    with pytest.raises(PassingProblem, match="The connection broke off"):
        get(f"{site.url}/o.csv", allow=[site.host])


def test_a_host_that_falls_silent_is_given_up(get, site, quick) -> None:
    site.pages["/o.csv"] = lambda handler: (handler.begin(200, Content_Length="10"), site.released.wait(30))
    with pytest.raises(PassingProblem, match="The connection broke off"):
        get(f"{site.url}/o.csv", allow=[site.host], silence_seconds=0.2)


def test_a_host_that_says_nothing_at_all_is_given_up(get, site, quick) -> None:
    site.pages["/o.csv"] = lambda _handler: site.released.wait(30)
    with pytest.raises(PassingProblem, match="took the connection but gave no answer"):
        get(f"{site.url}/o.csv", allow=[site.host], silence_seconds=0.2)


def test_a_host_that_drips_is_given_up_in_the_end(get, site, quick) -> None:
    def drip(handler: Handler) -> None:
        handler.begin(200, Content_Length="1000000")
        while not site.released.wait(0.02):
            handler.wfile.write(b"x")

    site.pages["/o.csv"] = drip
    with pytest.raises(PassingProblem, match="took longer than 1 seconds"):
        get(f"{site.url}/o.csv", allow=[site.host], whole_seconds=1)


def test_whoever_waits_can_stop_while_the_host_is_silent(get, site, quick) -> None:
    class Stop(Exception):
        pass

    begun = threading.Event()
    site.pages["/o.csv"] = lambda _handler: (begun.set(), site.released.wait(30))

    def look() -> None:
        if begun.is_set():
            raise Stop

    with pytest.raises(Stop):
        get(f"{site.url}/o.csv", allow=[site.host], look=look)


def test_a_port_where_nobody_listens(get) -> None:
    host = f"127.0.0.1:{free_port()}"
    with pytest.raises(PassingProblem, match=r"127\.0\.0\.1 can't be reached at port"):
        get(f"http://{host}/o.csv", allow=[host])


def test_a_name_that_nobody_knows(get) -> None:
    def nobody(_host: str, _port: int) -> list[str]:
        raise socket.gaierror("not known")

    with pytest.raises(PassingProblem, match="no address to be found for the host data"):
        get("http://data.example.com/o.csv", allow=["data.example.com"], resolve=nobody)


def test_name_servers_that_stay_silent_are_not_waited_for(get, quick) -> None:
    silence = threading.Event()

    def nobody_answers(*_: object, **__: object) -> list[Any]:
        silence.wait(60)
        return []

    ask = functools.partial(resolve, seconds=0.1, look_up=nobody_answers)
    with pytest.raises(PassingProblem, match="too long to look up the address of the host data"):
        get("http://data.example.com/o.csv", allow=["data.example.com"], resolve=ask)
    silence.set()


def test_what_is_packed_stays_packed(get, site) -> None:
    """A few bytes that unpack to very many are the reader's to refuse, not to be unpacked here."""
    packed = gzip.compress(ROWS)
    site.pages["/o.csv"] = lambda handler: handler.give(200, packed, Content_Encoding="gzip")
    assert get(f"{site.url}/o.csv", allow=[site.host]) == packed
    site.pages["/o.csv"] = lambda handler: handler.give(200, packed, Content_Encoding="br")
    with pytest.raises(SourceProblem, match="packs its answer as br"):
        get(f"{site.url}/o.csv", allow=[site.host])


def test_an_answer_that_is_not_http(get) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"127.0.0.1:{server.getsockname()[1]}"
        threading.Thread(
            target=lambda: server.accept()[0].sendall(b"220 mail.example.com\r\n" * 9), daemon=True
        ).start()
        with pytest.raises(PassingProblem, match="gave no answer"):
            get(f"http://{host}/o.csv", allow=[host], silence_seconds=1)


def test_proxies_of_the_environment_are_not_used(get, site, monkeypatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    site.pages["/o.csv"] = ROWS
    assert get(f"{site.url}/o.csv", allow=[site.host]) == ROWS


class Secure:
    """An authority of our own, and a context that trusts it."""

    def __init__(self, name: str) -> None:
        authority = trustme.CA()
        self.server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(self.server)
        self.names: list[str] = []
        self.server.sni_callback = lambda _socket, name, _context: self.names.append(name)
        self.client = ssl.create_default_context()
        authority.configure_trust(self.client)


def test_tls_speaks_to_the_name_and_verifies_it(get) -> None:
    secure = Secure("data.example.com")
    with web_site(secure.server) as site:
        site.pages["/o.csv"] = ROWS
        host = f"data.example.com:{site.port}"
        reach = {"allow": [host], "resolve": lambda _host, _port: ["127.0.0.1"]}
        assert get(f"https://{host}/o.csv", tls=lambda: secure.client, **reach) == ROWS
        assert secure.names == ["data.example.com"]
        with pytest.raises(SourceProblem, match=r"can't prove who it is: .*local issuer certificate\."):
            get(f"https://{host}/o.csv", **reach)


def test_a_certificate_for_another_name_is_refused(get) -> None:
    secure = Secure("other.example.com")
    with web_site(secure.server) as site:
        host = f"data.example.com:{site.port}"
        with pytest.raises(SourceProblem, match=r"can't prove who it is: Hostname mismatch") as refused:
            get(
                f"https://{host}/o.csv",
                allow=[host],
                tls=lambda: secure.client,
                resolve=lambda _host, _port: ["127.0.0.1"],
            )
        assert not isinstance(refused.value, PassingProblem)
        assert not site.asked


def test_a_host_that_speaks_no_tls(get, site) -> None:
    with pytest.raises(PassingProblem, match="No encrypted connection can be made to 127"):
        get(f"https://{site.host}/o.csv", allow=[site.host])


def test_a_redirect_out_of_encryption_is_not_followed(get, site) -> None:
    secure = Secure("127.0.0.1")
    with web_site(secure.server) as encrypted:
        encrypted.pages["/o.csv"] = redirect(f"{site.url}/o.csv")
        with pytest.raises(SourceProblem, match="redirects to an address that isn't encrypted"):
            get(f"https://{encrypted.host}/o.csv", allow=[encrypted.host, site.host], tls=lambda: secure.client)
    assert not site.asked


def test_many_small_blocks_do_not_slow_it_down(get, site) -> None:
    """Whoever waits is told at once when the last block is there, not at the next look."""
    site.pages["/o.csv"] = b"a\n"
    start = time.monotonic()
    for _ in range(10):
        assert get(f"{site.url}/o.csv", allow=[site.host]) == b"a\n"
    assert time.monotonic() - start < 1.5
