"""What a document may do to the process that converts it, and what comes out: with a converter that does what the
document says (`tests/support/misbehaving.py`)."""

from __future__ import annotations

import hashlib
import os
import resource
import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pytest

from portal.documents import failures
from portal.documents.child import clearing_up
from portal.documents.child.children import Children, Converted, Limits
from portal.documents.failures import ConversionFailed, Failure
from portal.documents.kinds import Kind
from portal.documents.methods import Method
from tests.support import misbehaving
from tests.support.hostile import books, pdf_file
from tests.support.processes import Conversions, running

Convert = Callable[..., Converted]

GOOD = {
    Kind.RTF: b"{\\rtf1 A value}",
    Kind.PDF: pdf_file.document("A value"),
    Kind.XLSX: books.xlsx(books.sheet(books.row(1, books.cell("A1")))),
    **dict.fromkeys((Kind.TXT, Kind.RST, Kind.HTML, Kind.CSV, Kind.MARKDOWN), b"A value\n=======\n\nof text"),
    Kind.XML: b"<a>A value</a>",
    Kind.JSON: b'{"a": "A value"}',
}


@pytest.fixture(scope="module")
def children() -> Iterator[Children]:
    with closing(Children(misbehaving.CONVERTER)) as children:
        yield children


@pytest.fixture
def convert(children: Children, tmp_path: Path) -> Convert:
    """Convert a document with this text, in a folder of its own below `tmp_path`."""
    folder = tmp_path / "folder"
    folder.mkdir()

    def convert(text: str, **limits: float) -> Converted:
        source = tmp_path / "source"
        source.write_text(text)
        what = {"kind": Kind.TXT, "method": Method.SPEED, "limits": Limits(**limits)}
        return children.convert(source, folder=folder, **what)

    return convert


def failure_of(convert: Convert, text: str, **limits: float) -> ConversionFailed:
    with pytest.raises(ConversionFailed) as raised:
        convert(text, **limits)
    return raised.value


def test_the_markdown_is_put_into_the_folder_and_nothing_else(convert: Convert, tmp_path: Path) -> None:
    converted = convert("echo Où est-il ?")
    content = "Où est-il ?".encode()
    assert converted.path.read_bytes() == content
    assert (converted.size, converted.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert (converted.pages, converted.notes) == (1, ["It was said again."])
    assert 0 < converted.seconds < 10
    assert 1 << 20 < converted.peak_bytes < 1 << 28
    assert list((tmp_path / "folder").iterdir()) == [converted.path]


def test_text_that_has_no_bytes_in_utf_8_is_replaced(convert: Convert) -> None:
    assert convert("surrogate").path.read_text() == "half a pair: ?"


def test_a_failure_is_told_as_the_converter_tells_it(convert: Convert, tmp_path: Path) -> None:
    failed = failure_of(convert, "said_to_fail scanned")
    assert failed.failure == failures.SCANNED
    assert "it said so" in failed.details
    assert not list((tmp_path / "folder").iterdir())


@pytest.mark.parametrize(
    ("text", "limits", "failure"),
    [
        ("segfault", {}, failures.INTERNAL),
        ("die SIGABRT", {}, failures.INTERNAL),
        ("exit 3", {}, failures.INTERNAL),
        ("no_such_deed", {}, failures.INTERNAL),
        ("raise_words a panic", {}, failures.INTERNAL),
        ("raise_words memory allocation of 5 bytes failed", {}, failures.TOO_MUCH_MEMORY),
        ("allocate 300", {"memory_bytes": 200 << 20}, failures.TOO_MUCH_MEMORY),
        ("touch 150", {"memory_bytes": 180 << 20}, failures.TOO_MUCH_MEMORY),
        ("long 1001", {"output_bytes": 1000}, failures.TOO_LONG),
        ("write 1001", {"file_bytes": 1000}, failures.TOO_LONG),
        ("sleep 60", {"seconds": 0.3}, failures.TOO_SLOW),
        ("spin", {"cpu_seconds": 1}, failures.TOO_SLOW),
        ("die SIGKILL", {}, failures.UNAVAILABLE),
        ("die SIGTERM", {}, failures.UNAVAILABLE),
        ("open 50", {"open_files": 40}, failures.UNAVAILABLE),
        *((f"raise_errno {name}", {}, failures.UNAVAILABLE) for name in ("EIO", "ESTALE", "ENOSPC", "ETIMEDOUT")),
    ],
)
def test_each_death_has_its_sentence_and_the_next_document_is_converted(
    convert: Convert, text: str, limits: dict[str, float], failure: Failure
) -> None:
    assert failure_of(convert, text, **limits).failure == failure
    assert convert("echo The next").path.read_text() == "The next"


def test_what_was_printed_is_kept_to_its_end(convert: Convert) -> None:
    details = failure_of(convert, "chatter 1000000").details
    assert "enough" in details
    assert details.endswith("the last line")
    assert len(details) < 20_000


def test_nothing_of_the_portal_is_around_a_converter(convert: Convert, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_SECRET_KEY", "a secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://of:secrets@localhost/x")
    told = dict(line.split("=", 1) for line in convert("tell_all").path.read_text().splitlines())
    assert {"PORTAL_SECRET_KEY", "DATABASE_URL"}.isdisjoint(told)
    assert Path(told["cwd"]).parent == Path(told["HOME"]).parent
    assert not Path(told["cwd"]).exists()
    assert (told["input"], told["umask"], told["core"], told["threads"]) == ("", "77", "0", "1")


def test_nothing_can_be_connected_to(convert: Convert, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert "Error" in failure_of(convert, f"connect 127.0.0.1 {server.getsockname()[1]}").details
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        server.listen()
        assert "Error" in failure_of(convert, f"connect_locally {tmp_path / 'socket'}").details


def test_files_of_others_are_neither_read_nor_written(convert: Convert, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("of others")
    assert "PermissionError" in failure_of(convert, f"read {other}").details
    assert "PermissionError" in failure_of(convert, f"overwrite {other}").details
    assert "PermissionError" in failure_of(convert, f"read /proc/{os.getpid()}/environ").details
    assert other.read_text() == "of others"


def test_a_link_in_place_of_the_markdown_is_not_followed(convert: Convert, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("of others")
    assert failure_of(convert, f"link {other}").failure == failures.INTERNAL
    assert other.read_text() == "of others"
    assert not list((tmp_path / "folder").iterdir())


def test_programs_that_it_started_end_with_it(convert: Convert, tmp_path: Path) -> None:
    """Also one that has left its group, when it ended before."""
    name = f"program-of-{tmp_path.name}"
    convert(f"leave_behind {name}")
    assert not running(name)
    assert failure_of(convert, f"wait_for_program {name}", seconds=0.5).failure == failures.TOO_SLOW
    assert not running(name)


def test_the_real_converters_work_in_there(tmp_path: Path) -> None:
    """LibreOffice, too, which insists on a socket. Libraries leave no thread in the keeper: its forks would lack it."""
    conversions = Conversions()
    with closing(Children()) as children:
        for kind, content in GOOD.items():
            source = tmp_path / f"source.{kind}"
            source.write_bytes(content)
            converted = children.convert(source, kind=kind, method=Method.ACCURACY, folder=tmp_path)
            assert "A value" in converted.path.read_text()
        for process in conversions.now():
            assert len(list(Path(f"/proc/{process}/task").iterdir())) == 1


def test_sockets_that_libreoffice_left_are_removed() -> None:
    path = clearing_up.SOCKETS / f"OSL_PIPE_{os.getuid()}_SingleOfficeIPC_{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
    made = path.stat().st_mtime
    clearing_up.sockets(since=made + 1)
    assert path.exists(), "it was there before"
    clearing_up.sockets(since=made)
    assert not path.exists()


def test_what_the_system_refuses_is_tried_again_later(tmp_path: Path) -> None:
    """No descriptor left: in the worker, when it starts a keeper; then in the keeper, when it starts a converter."""
    source = tmp_path / "source"
    source.write_text("echo Here I am")
    conversions = Conversions()
    with closing(Children(misbehaving.CONVERTER)) as children:
        convert = partial(children.convert, source, kind=Kind.TXT, method=Method.SPEED, folder=tmp_path)
        with open_files(os.getpid(), 3), pytest.raises(ConversionFailed) as raised:
            convert()
        assert raised.value.failure == failures.UNAVAILABLE
        convert()
        keeper = conversions.now()[-1]
        with open_files(keeper, 3), pytest.raises(ConversionFailed) as raised:
            convert()
        assert raised.value.failure == failures.UNAVAILABLE
        assert convert().path.read_text() == "Here I am"
        assert conversions.now()[-1] == keeper


@contextmanager
def open_files(process: int, count: int) -> Iterator[None]:
    """For a while, let the process open no file beyond that number."""
    soft, hard = resource.prlimit(process, resource.RLIMIT_NOFILE)
    resource.prlimit(process, resource.RLIMIT_NOFILE, (count, hard))
    yield
    resource.prlimit(process, resource.RLIMIT_NOFILE, (soft, hard))
