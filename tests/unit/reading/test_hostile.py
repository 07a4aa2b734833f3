"""Files made to do harm cost a sentence: within bounds of time and memory, which a process of their own shows."""

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import pytest

from tests.unit.reading.hostile import read_and_measure

APART = multiprocessing.get_context("forkserver")
APART.set_forkserver_preload(["tests.unit.reading.hostile"])
"""Each file gets a process of its own, which needn't load anew what reads it."""


@dataclass(frozen=True)
class Cost:
    """Memory in MB: `grown` is what the reading process took on, `child` the most that its converter had."""

    words: list[str]
    grown: int
    child: int
    seconds: float


def read_apart(name: str) -> Cost:
    begun = time.monotonic()
    with ProcessPoolExecutor(1, mp_context=APART) as process:
        words, grown, child = process.submit(read_and_measure, name).result(timeout=120)
    return Cost(words, grown, child, seconds=time.monotonic() - begun)


LARGE = "holds far more than its size promises, or more than 64 GB."
COLUMNS = "The file has more columns than can be read: 16,384 at most, whose names have 1 MB of text together."
MEMORY = "Reading the workbook takes more memory than a file may take."


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a gzip bomb", f"The gzip file {LARGE}"),
        ("a bzip2 bomb", f"The bzip2 file {LARGE}"),
        ("an xz bomb", f"The xz file {LARGE}"),
        ("a Zstandard bomb", f"The Zstandard file {LARGE}"),
        ("a ZIP bomb", f"The ZIP file {LARGE}"),
        ("an xz file that asks for 4 GB", "The xz file is damaged or cut off: Memory usage limit exceeded."),
        ("an archive of a million files", "The ZIP archive holds too many files."),
        ("a million columns of CSV", COLUMNS),
        ("a million columns of JSON", COLUMNS),
        ("a line of a million fields", "Line 2 has 4,000,001 fields, but the header has 2."),
        ("a cell of 5 GB", "Line 2 is longer than 16 MB."),
        ("a JSON value of 256 MB", "Element 2 is longer than 16 MB."),
        ("a JSON line of 1 GB", "Line 2 is longer than 16 MB."),
        ("a JSON element of millions of values", "Element 2 holds more than 250,000 values."),
        ("JSON nested a million levels deep", None),
        ("a workbook that is a ZIP bomb", f"The workbook {LARGE}"),
    ],
)
def test_a_hostile_file_costs_a_sentence(name: str, words: str | None) -> None:
    cost = read_apart(name)
    assert (len(cost.words), cost.words[0]) == (1, words or cost.words[0])
    assert cost.grown < 400, cost
    assert cost.seconds < 60, cost


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a sheet of a billion rows", (MEMORY, "The workbook is damaged or cut off: ")),
        ("a sheet of a million columns", (MEMORY, COLUMNS, "The workbook is damaged or cut off: ")),
        ("a sheet whose last cell is far away", (MEMORY,)),
        ("an OpenDocument sheet of a billion rows", (MEMORY,)),
        ("a workbook that lies about its size", (MEMORY, "The workbook is damaged or cut off: ")),
        ("a workbook that is an XML bomb", ("The workbook is damaged or cut off: ", "The file has a header line")),
        ("a Parquet file of 20,000 columns", (COLUMNS,)),
    ],
)
def test_a_hostile_workbook_harms_only_its_converter(name: str, words: tuple[str, ...]) -> None:
    cost = read_apart(name)
    assert len(cost.words) == 1
    assert cost.words[0].startswith(words)
    assert cost.grown < 200, cost
    assert cost.child < 3200, cost
    assert cost.seconds < 60, cost
