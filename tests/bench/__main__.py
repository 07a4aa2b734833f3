"""`python -m tests.bench [NAME ...]`: run all benchmarks, or those named, and print what they measured."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench import flights, hostile, listing, loading, peers, scale, waiting, watching
from tests.bench.alignment import measuring as alignment
from tests.bench.documents import measuring as documents
from tests.bench.results import Result

BENCHMARKS: dict[str, Callable[[Path], Iterator[Result]]] = {
    "flights": flights.measure,
    "sqlite": loading.into_sqlite,
    "postgresql": loading.into_postgresql,
    "peer": peers.with_checks,
    "hook": peers.with_hook,
    "updating": scale.updating,
    "failing": scale.failing,
    "length": scale.length,
    "small": waiting.small,
    "cancelling": waiting.cancelling,
    "many-failures": waiting.many_failures,
    "watching": watching.watched,
    "listing": listing.measure,
    "data-jobs": listing.data_jobs,
    "hostile": hostile.measure,
    "documents": documents.measure,
    "alignment": alignment.measure,
}


def main(names: list[str]) -> int:
    results: list[Result] = []
    for name in names or BENCHMARKS:
        with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
            for result in BENCHMARKS[name](Path(folder)):
                print(result.table(), flush=True)
                results.append(result)
    print("\n| what | wanted | median (min to max) | |\n|---|---|---|---|")
    print("\n".join(result.summary() for result in results))
    return 0 if all(result.reached for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
