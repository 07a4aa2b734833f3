"""`python -m tests.bench [NAME ...]`: run all benchmarks, or those named, and print what they measured."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench import flights

BENCHMARKS = {"flights": flights.measure}


def main(names: list[str]) -> int:
    missed = False
    for name in names or BENCHMARKS:
        with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
            result = BENCHMARKS[name](Path(folder))
        print(result.table())
        missed = missed or not result.reached
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
