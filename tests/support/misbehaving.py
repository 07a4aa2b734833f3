"""A converter that does what its document says: sleep, crash, eat memory, call programs, look where it shouldn't."""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from portal.documents import failures
from portal.documents.converting import Markdown, Source
from portal.documents.failures import ConversionFailed

CONVERTER = f"{__name__}:convert"

TASKS = Path("/proc/self/task")


def convert(source: Source) -> Markdown:
    """The document's first word is one of `DEEDS`, the rest its argument."""
    deed, _, argument = source.path.read_text().partition(" ")
    return DEEDS[deed](argument)


def _echo(text: str) -> Markdown:
    return Markdown(text, pages=1, notes=["It was said again."])


def _said_to_fail(key: str) -> Markdown:
    raise ConversionFailed(failures.ALL[key], "it said so")


def _raise_errno(name: str) -> Markdown:
    raise OSError(getattr(errno, name), os.strerror(getattr(errno, name)))


def _raise_words(words: str) -> Markdown:
    raise BaseException(words)  # as panics of libraries in Rust are


def _die(name: str) -> Markdown:
    print("about to die", flush=True)
    os.kill(os.getpid(), signal.Signals[name])
    raise AssertionError("it lives on")


def _segfault(_: str) -> Markdown:
    ctypes.string_at(0)
    raise AssertionError("it lives on")


def _allocate(mebibytes: str) -> Markdown:
    return Markdown(str(len(bytearray(int(mebibytes) << 20))))


def _touch(mebibytes: str) -> Markdown:
    """Take memory, then die as libraries do that don't say why."""
    taken = b"x" * (int(mebibytes) << 20)
    os.abort()
    return Markdown(str(len(taken)))


def _exit(status: str) -> Markdown:
    os._exit(int(status))


def _surrogate(_: str) -> Markdown:
    return Markdown("half a pair: \ud800")


def _write(size: str) -> Markdown:
    Path("large").write_bytes(bytes(int(size)))
    return Markdown("written")


def _long(size: str) -> Markdown:
    return Markdown("x" * int(size))


def _spin(_: str) -> Markdown:
    while True:
        pass


def _sleep(seconds: str) -> Markdown:
    time.sleep(float(seconds))
    return Markdown("slept")


def _leave_behind(name: str) -> Markdown:
    """Start a program that leaves its group, and end before it does."""
    _program(name, start_new_session=True)
    return Markdown("left behind")


def _wait_for_program(name: str) -> Markdown:
    _program(name, start_new_session=True).wait()
    return Markdown("waited")


def _program(name: str, **how: bool) -> subprocess.Popen[bytes]:
    """A program that can be found by its name among all processes."""
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", name], **how)  # type: ignore[call-overload]


def _chatter(size: str) -> Markdown:
    """Print a lot."""
    for _ in range(int(size) >> 10):
        sys.stdout.write("x" * 1023 + "\n")
    sys.stdout.write("the last line\n")
    sys.stdout.flush()
    raise AssertionError("enough")


def _open(count: str) -> Markdown:
    return Markdown(str(len([os.open(os.devnull, os.O_RDONLY) for _ in range(int(count))])))


def _connect(address: str) -> Markdown:
    host, port = address.split()
    with socket.create_connection((host, int(port)), timeout=1):
        return Markdown("connected")


def _connect_locally(path: str) -> Markdown:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(path)
        return Markdown("connected")


def _read(path: str) -> Markdown:
    return Markdown(Path(path).read_text(errors="replace"))


def _overwrite(path: str) -> Markdown:
    Path(path).write_text("overwritten")
    return Markdown("overwritten")


def _tell_all(_: str) -> Markdown:
    """What it has around it."""
    lines = [f"{name}={value}" for name, value in os.environ.items()]
    lines += [f"cwd={Path.cwd()}", f"input={sys.stdin.read()}", f"umask={os.umask(0):o}"]
    lines += [f"core={resource.getrlimit(resource.RLIMIT_CORE)[0]}", f"threads={len(list(TASKS.iterdir()))}"]
    return Markdown("\n".join(lines))


def _link(path: str) -> Markdown:
    """Put a link where the Markdown belongs, as one could that a document has taken over."""
    Path("../document.md").symlink_to(path)
    return Markdown("", pages=None)


DEEDS: dict[str, Callable[[str], Markdown]] = {
    name.removeprefix("_"): deed
    for name, deed in list(globals().items())
    if name.startswith("_") and callable(deed) and getattr(deed, "__module__", "") == __name__
}
