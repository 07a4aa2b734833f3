"""How a converter shuts itself in before it looks at a document."""

from __future__ import annotations

import os
import resource
import signal
import sys
import sysconfig
from contextlib import suppress
from pathlib import Path

from portal.documents.child import clearing_up, kernel, landlock, seccomp
from portal.documents.child.jobs import Job
from portal.documents.child.limits import Limits
from portal.documents.kinds import Kind

PORTAL = Path(__file__).parents[2]

PLACES = """
    /usr /bin /sbin /lib /lib32 /lib64 /opt /proc /sys/devices/system/cpu /dev/random /dev/urandom /dev/zero
    /etc/alternatives /etc/fonts /etc/group /etc/ld.so.cache /etc/libreoffice /etc/locale.alias /etc/localtime
    /etc/mime.types /etc/nsswitch.conf /etc/passwd /var/cache/fontconfig /var/lib/libreoffice /var/spool/libreoffice
"""
PYTHON = (sys.prefix, sys.base_prefix, sysconfig.get_path("platlib"))
LANGUAGES = (os.environ["TESSDATA_PREFIX"],) if "TESSDATA_PREFIX" in os.environ else ()
READABLE = (*map(Path, (*PLACES.split(), *dict.fromkeys(PYTHON), *LANGUAGES)), PORTAL)
"""Programs, libraries, fonts, what Tesseract knows of languages. The portal's data and settings aren't among them."""

WRITABLE = (Path("/dev/null"),)

KILLED_FIRST = "1000"
"""See proc_pid_oom_score_adj(5): when the machine runs out of memory, a converter goes rather than a database."""

BY_LIBREOFFICE = (Kind.DOC, Kind.PPT, Kind.RTF)
"""It insists on a socket outside of its folder."""

CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1 << 1, 1 << 2
"""From linux/capability.h. Where the portal runs as root, its files may be those of other users."""

NICER = 5
SECONDS_TO_NOTICE = 2
"""Between the signal that says that the processor's time is used up, and the end."""


def confine(job: Job, *, keeper: int) -> None:
    """Hold this process, and all that it starts, within the job's limits and rooms. `keeper` is its parent."""
    os.setsid()
    _end_with(keeper)
    _take_little(job.limits)
    _move_in(job)
    with suppress(OSError):  # of which ordinary users have none
        kernel.keep_capabilities(CAP_DAC_OVERRIDE | CAP_DAC_READ_SEARCH)
    sockets = [clearing_up.SOCKETS] if job.kind in BY_LIBREOFFICE else []
    with suppress(OSError):  # docs/documents.md says what holds on systems without the one or the other
        landlock.see_only(readable=(*READABLE, job.path), writable=(*WRITABLE, job.room), sockets=sockets)
    with suppress(OSError):
        seccomp.refuse_network()


def _end_with(keeper: int) -> None:
    with suppress(OSError):
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != keeper:  # it died before it could be watched
        os._exit(1)


def _take_little(limits: Limits) -> None:
    os.nice(NICER)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(KILLED_FIRST)
    for what, value in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (value, value))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + SECONDS_TO_NOTICE))


def _move_in(job: Job) -> None:
    os.umask(0o077)
    os.environ |= {"HOME": str(job.home), "TMPDIR": str(job.home)}
    job.home.mkdir()
    job.folder.mkdir()
    os.chdir(job.folder)
