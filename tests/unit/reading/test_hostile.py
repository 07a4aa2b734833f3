"""Files made to do harm cost a sentence: within bounds of time and memory, which a process of their own shows."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

READING = """
import json, resource, sys
from portal.reading import UnreadableFile, inspect, read
from tests.unit.reading import hostile

def outcome():
    source = hostile.FILES[sys.argv[1]]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        layout = inspect(source)
        pieces = list(read(source, layout))
        words = [line.message for piece in pieces for line in piece.malformed]
    except UnreadableFile as error:
        words = [error.message]
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {"words": words, "grown": grown >> 10, "child": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10}

print(json.dumps(outcome()))
"""


@dataclass(frozen=True)
class Cost:
    """Memory in MB: `grown` is what the reading process took on, `child` the most that its converter had."""

    words: list[str]
    grown: int
    child: int
    seconds: float


def read_apart(name: str) -> Cost:
    begun = time.monotonic()
    command = [sys.executable, "-c", READING, name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return Cost(**json.loads(done.stdout), seconds=time.monotonic() - begun)


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
        ("a cell of 10 GB", "Line 2 is longer than 16 MB."),
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
