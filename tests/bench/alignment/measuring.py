"""Markdown to training data with the embedded generator: files per second from the start to the files in the library,
through a whole portal with two workers, beside the generator alone in a bare loop on one core, in turn.

With ten times as many files the speed must be the same, and so must the memory of the workers. The setting
PORTAL_BENCH_ALIGNMENT says how many files there are, without the ten times: 1,000 unless it is set.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from portal.alignment.generating.embedded import EmbeddedGenerator
from portal.alignment.generating.pairs import Document, Guidance
from tests.bench.alignment.corpus import documents
from tests.bench.alignment.portal import AlignmentBench, Made, alignment_portal
from tests.bench.results import Comparison, Figure, Result

ROUNDS = 3
FILES = "PORTAL_BENCH_ALIGNMENT"
MANY = 10
"""Times as many files."""

AT_LEAST = 0.6
"""The speed of two workers, with all that they keep and write, as a multiple of the generator's on one core."""
LINEAR = 0.85
"""The least speed with MANY times as many files, as a share of the usual one."""
FLAT = 1.25
"""The most memory of a worker then, as a multiple of the usual."""


def measure(folder: Path) -> Iterator[Result]:
    """One round of a tenth to warm up, ROUNDS that count, and one with MANY times as many files."""
    count = int(os.environ.get(FILES, "1000"))
    texts = list(documents(count * MANY))
    with alignment_portal(folder / "portal") as bench:
        _align(bench, texts[: count // 10])
        rounds = [(_align(bench, texts[:count]), _generator_alone(texts[: count // 4])) for _ in range(ROUNDS)]
        many = _align(bench, texts)
    yield from _results(rounds, many)


def _results(rounds: Sequence[tuple[Made, float]], many: Made) -> Iterator[Result]:
    made, alone = zip(*rounds, strict=True)
    title = f"{made[0].files:,} Markdown files of 10 kB to {made[0].pairs:,} pairs in two files"
    speeds = [one.files_a_second for one in made]
    yield Comparison(title, speeds, "generator alone, one core", alone, AT_LEAST, "files/s", ",.1f")
    again = f"{many.files:,} files ({many.pairs:,} pairs, {many.files_a_second:,.1f} files/s)"
    yield Figure(
        f"{again}, speed as a share of that", "of 1", [many.files_a_second / speed for speed in speeds], LINEAR, True
    )
    peaks = [one.peak_bytes for one in made]
    title = f"{again}, memory of a worker ({many.peak_bytes / 1e6:,.0f} MB) as a multiple"
    yield Figure(title, "times", [many.peak_bytes / peak for peak in peaks], FLAT)


def _align(bench: AlignmentBench, texts: Sequence[str]) -> Made:
    return bench.align(bench.keep(texts))


def _generator_alone(texts: Sequence[str]) -> float:
    """Files per second in a bare loop."""
    generator, guidance = EmbeddedGenerator(), Guidance("Be exact.", "Ask.")
    start = time.monotonic()
    for number, text in enumerate(texts):
        document = Document(f"{number:05}.md", text)
        assert list(generator.passages(document, guidance, is_cancelled=lambda: False))
    return len(texts) / (time.monotonic() - start)
