"""Files from paths and stores: real servers of FTP and SFTP, real libraries throughout."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from portal.sources import Address, AllowedHosts, PassingProblem, Reach, SourceProblem, fetch
from tests.support.running import free_port
from tests.support.stores import ftp_server, s3_server, sftp_server

ROWS = b"sku,name\nA,apple\n" * 150_000  # more than a block
ANN = {"NAME": "ann", "SECRET": "p@ss"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three files of different age; the newest isn't the last by name."""
    folder = tmp_path / "drop"
    (folder / "in").mkdir(parents=True)
    for name, content, age in (("o-1.csv", b"old", 300), ("o-2.csv", ROWS, 100), ("o-3.csv", b"older", 200)):
        (folder / "in" / name).write_bytes(content)
        os.utime(folder / "in" / name, (1_700_000_000 - age,) * 2)
    (folder / "in" / "o-9.csv").mkdir()
    return folder


class TestPath:
    def test_a_file(self, get, folder) -> None:
        assert get(f"{folder}/in/o-2.csv") == ROWS
        assert get(f"file://{folder}/in/o-2.csv") == ROWS
        assert get("/${DROP}/in/o-2.csv", environ={"DROP": str(folder)[1:]}) == ROWS

    @pytest.mark.parametrize("pattern", ["o-*.csv", "o-?.csv", "o-[123].csv"])
    def test_the_newest_that_fits(self, get, folder, pattern: str) -> None:
        assert get(f"{folder}/in/{pattern}") == ROWS

    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("in/gone.csv", "There is no file at .*/in/gone.csv"),
            ("in/x-*.csv", "No file fits .*/in/x-"),
            ("in", "is a folder"),
            ("in/o-2.csv/below", "can't be read"),
        ],
    )
    def test_what_is_no_file(self, get, folder, name: str, message: str) -> None:
        with pytest.raises(SourceProblem, match=message):
            get(f"{folder}/{name}")

    def test_one_that_is_too_large(self, get, folder) -> None:
        with pytest.raises(SourceProblem, match="too large"):
            get(f"{folder}/in/o-2.csv", max_bytes=len(ROWS) - 1)
        assert get(f"{folder}/in/o-2.csv", max_bytes=len(ROWS)) == ROWS

    @pytest.mark.usefixtures("quick")
    def test_one_that_never_ends(self, get) -> None:
        with pytest.raises(SourceProblem, match="too large"):
            get("/dev/zero")

    @pytest.mark.usefixtures("quick")
    def test_a_pipe_that_nobody_writes_to(self, get, folder) -> None:
        os.mkfifo(folder / "pipe")
        with pytest.raises(PassingProblem, match="took longer than"):
            get(f"{folder}/pipe", whole_seconds=0.5)


def test_what_goes_wrong_with_the_copy_is_not_the_sources_fault(folder) -> None:
    class FullDisk(Exception):
        pass

    def write(_block: bytes) -> None:
        raise FullDisk

    with ftp_server(folder) as port:
        for text in (f"{folder}/in/o-2.csv", f"ftp://ann:p%40ss@127.0.0.1:{port}/in/o-2.csv"):
            with pytest.raises(FullDisk):
                fetch(Address.parse(text), Reach(AllowedHosts(), 10_000_000), write, lambda: None)


def test_any_store_that_fsspec_knows(get) -> None:
    fsspec.filesystem("memory").pipe({"/shop/o-1.csv": b"old", "/shop/o-2.csv": ROWS})
    assert get("memory://shop/o-*.csv") == ROWS


class TestFTP:
    @pytest.fixture
    def url(self, folder) -> Iterator[str]:
        with ftp_server(folder) as port:
            yield f"ftp://${{NAME}}:${{SECRET}}@127.0.0.1:{port}"

    @pytest.mark.parametrize("name", ["o-2.csv", "o-*.csv"])
    def test_a_file(self, get, url, name: str) -> None:
        assert get(f"{url}/in/{name}", environ=ANN) == ROWS

    def test_what_is_not_there_or_not_allowed(self, get, url) -> None:
        with pytest.raises(SourceProblem, match=r"There is no file at ftp://127.0.0.1:\d+/in/gone.csv"):
            get(f"{url}/in/gone.csv", environ=ANN)
        with pytest.raises(SourceProblem, match="may not be read"):
            get(f"{url}/in/o-2.csv", environ={"NAME": "ann", "SECRET": "wrong"})

    def test_a_server_that_is_away(self, get) -> None:
        with pytest.raises(PassingProblem, match="can't be read now"):
            get(f"ftp://127.0.0.1:{free_port()}/o.csv")


class TestSFTP:
    @pytest.fixture
    def server(self, folder) -> Iterator[tuple[int, Path]]:
        with sftp_server(folder) as (port, key):
            known = folder / "known_hosts"
            known.write_text(f"[127.0.0.1]:{port} {key.get_name()} {key.get_base64()}\n")
            yield port, known

    @pytest.mark.parametrize("name", ["o-2.csv", "o-*.csv"])
    def test_a_file(self, get, server, name: str) -> None:
        port, known = server
        url = f"sftp://${{NAME}}:${{SECRET}}@127.0.0.1:{port}"
        assert get(f"{url}/in/{name}", environ=ANN, known_hosts=known) == ROWS

    def test_what_is_not_there_or_not_allowed(self, get, server) -> None:
        port, known = server
        with pytest.raises(SourceProblem, match="There is no file at sftp://"):
            get(f"sftp://ann:p%40ss@127.0.0.1:{port}/in/gone.csv", known_hosts=known)
        with pytest.raises(SourceProblem, match="may not be read"):
            get(f"sftp://ann:wrong@127.0.0.1:{port}/in/o-2.csv", known_hosts=known)

    def test_a_server_that_nobody_knows(self, get, server, tmp_path) -> None:
        port, known = server
        for other in (tmp_path / "not_there", known):
            known.write_text("")
            with pytest.raises(SourceProblem, match=r"The key of the SFTP server .* isn't known here") as refused:
                get(f"sftp://ann:p%40ss@127.0.0.1:{port}/in/o-2.csv", known_hosts=other)
            assert f"ssh-keyscan -p {port} 127.0.0.1 >> {other}" in refused.value.fix


class TestS3:
    @pytest.fixture(autouse=True)
    def server(self, folder, monkeypatch) -> Iterator[None]:
        with s3_server("shop", folder) as site:
            monkeypatch.setenv("AWS_ENDPOINT_URL", site.url)
            monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ann")
            monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "p@ss")
            yield

    @pytest.mark.parametrize("name", ["o-2.csv", "o-*.csv"])
    def test_a_file(self, get, name: str) -> None:
        assert get(f"s3://shop/in/{name}") == ROWS

    def test_what_is_not_there_or_not_allowed(self, get) -> None:
        with pytest.raises(SourceProblem, match="There is no file at s3://shop/in/gone"):
            get("s3://shop/in/gone.csv")
        with pytest.raises(SourceProblem, match="may not be read"):
            get("s3://other/in/o-2.csv")


def test_a_library_that_is_missing_is_named(get) -> None:
    with pytest.raises(SourceProblem, match="can't read from dropbox:// yet") as refused:
        get("dropbox://example.com/o.csv")
    assert "what dropbox:// needs for fsspec" in refused.value.fix
