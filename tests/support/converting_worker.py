"""`python -m tests.support.converting_worker DOCUMENT FOLDER [plain]`: a process that converts one document, by the
converter that does what the document says, and prints what came of it; `plain` without namespaces."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from pathlib import Path

from portal.documents.child import kernel, namespaces
from portal.documents.child.children import Children
from portal.documents.failures import ConversionFailed
from portal.documents.kinds import Kind
from portal.documents.methods import Method
from tests.support import misbehaving


def main(source: str, folder: str, *how: str) -> None:
    if how:
        forbid_namespaces()
    with closing(Children(misbehaving.CONVERTER)) as children:
        try:
            what = {"kind": Kind.TXT, "method": Method.SPEED, "folder": Path(folder)}
            print(children.convert(Path(source), **what).path.read_text())
        except ConversionFailed as failed:
            print(failed)


def forbid_namespaces() -> None:
    """As container runtimes do: no capability for it, or none left to be had (namespaces(7))."""
    if os.geteuid() != 0:
        kernel.unshare(namespaces.CLONE_NEWUSER)
        Path("/proc/sys/user/max_user_namespaces").write_text("0")
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    kernel.keep_capabilities(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
