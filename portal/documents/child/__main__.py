"""The program of a keeper: `python -I portal/documents/child/__main__.py MODULE:FUNCTION`.

It is run by its path, and gives the package `portal` a stand-in that is empty: the real one would load the web
framework and the database, which takes half a second and 60 MB, and has no business here.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

PORTAL = Path(__file__).resolve().parents[2]


def main(converter: str) -> None:
    """Keep converters that call the function named `converter`; end with the worker."""
    from portal.documents.child import clearing_up, kernel, namespaces
    from portal.documents.child.keeper import Keeper
    from portal.documents.child.warming import Warmth

    is_alone = namespaces.enter_if_permitted()
    if is_alone:
        namespaces.become_first()
    else:
        kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    ends = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # for whatever a library prints
    module, _, name = converter.partition(":")
    convert = getattr(import_module(module), name)
    end_processes = clearing_up.in_namespace if is_alone else clearing_up.among_children
    Keeper(sys.stdin.fileno(), ends, convert, Warmth(convert), end_processes).keep()
    os._exit(0)  # nothing is to be saved, and the kernel ends the namespace


if __name__ == "__main__":
    package = ModuleType("portal")
    package.__path__ = [str(PORTAL)]
    sys.modules["portal"] = package
    main(*sys.argv[1:])
