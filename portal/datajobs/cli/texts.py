"""Data jobs as lines for a terminal, from the JSON that the portal answers. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import Any

from portal.alignment.models import StepKey
from portal.command_line import bar, pages_text, printable, table
from portal.lifecycle import RECORD_OPEN, AlignmentStatus
from portal.web.filters import filesize
from portal.web.paging import PER_PAGE

Json = Mapping[str, Any]

STEPS = {
    StepKey.GENERATING: "making pairs",
    StepKey.DEDUPLICATING: "finding duplicates",
    StepKey.WRITING: "writing files",
}


def jobs_text(jobs: Sequence[Json], total: int, page: int) -> str:
    """The jobs with how they stand, and where the list goes on."""
    if not jobs:
        return "There are no such data jobs."
    rows = [
        (
            job["id"],
            job["name"],
            job["job_type"],
            words(job["status"]),
            counts["total"],
            counts["usable"],
            _open(counts),
        )
        for job in jobs
        for counts in [job["file_counts"]]
    ]
    pages = {"page": page, "pages": ceil(total / PER_PAGE), "total": total}
    return table(["JOB", "NAME", "TYPE", "STATUS", "FILES", "USABLE", "FAILED"], rows) + pages_text(pages)


def job_text(job: Json) -> str:
    """The job: what it is, how it stands and what it needs, how far its training data is, and its files."""
    lines = [f"Data job {job['id']}: {job['name']}", f"Type: {job['job_type']}", job["description"] or ""]
    lines.append(f"Status: {words(job['status'])}. {job['status_message']}")
    text = "\n".join(printable(line) for line in lines if line)
    training_data = "\n".join(_alignment_lines(job["alignment_job"])) if job["alignment_job"] else ""
    return "\n\n".join(filter(None, [text, training_data, *_files_texts(job["files"])]))


def outputs_text(alignment: Json) -> str:
    """Where the training data is: a line for each file, its id first."""
    return "\n".join(_output_lines(alignment))


def failure_lines(files: Sequence[Json]) -> list[str]:
    """Why each of these files wasn't converted, and what to do."""
    return [
        printable(" ".join(filter(None, (f"{file['name']}:", file["error_message"], file["suggested_fix"]))))
        for file in files
        if is_open(file)
    ]


def is_open(file: Json) -> bool:
    """Whether the file of a job waits for a person: it wasn't converted."""
    return file["status"] in RECORD_OPEN


def conversion_words(files: Sequence[Json]) -> str:
    """How far the conversion of these files of a job is."""
    counts = Counter(file["status"] for file in files)
    places = [file["queue_position"] for file in files if file["queue_position"]]
    parts = [f"{len(files) - counts['queued'] - counts['running']:,} of {len(files):,} files done"]
    parts += [f"{counts[status]:,} {status}" for status in ("failed", "cancelled", "running") if counts[status]]
    parts += [f"{counts['queued']:,} waiting from place {min(places):,} of the queue"] if places else []
    return ", ".join(parts)


def alignment_words(alignment: Json) -> str:
    """The step that is being done just now and how long all will take, or what came of it; short, beside a bar."""
    if alignment["status"] == AlignmentStatus.COMPLETED:
        return f"{alignment['pair_counts']['kept']:,} pairs"
    if alignment["status"] != AlignmentStatus.RUNNING:
        return words(alignment["status"])
    step, counts, minutes = alignment["current_step"], alignment["file_counts"], alignment["eta_minutes"]
    parts = [
        STEPS.get(step, "running"),
        f"{counts['done']:,} of {counts['total']:,} files" if step == StepKey.GENERATING else "",
        f"about {minutes:,} min left" if minutes else "",
    ]
    return ", ".join(filter(None, parts))


def words(status: str) -> str:
    """As in: needs review."""
    return status.replace("_", " ")


def _open(counts: Json) -> int:
    return int(counts["failed"] + counts["cancelled"])


def _alignment_lines(alignment: Json) -> Iterator[str]:
    yield f"Training data {alignment['id']}:"
    yield bar(alignment["progress"], alignment_words(alignment))
    for step in alignment["steps"]:
        yield f"  {STEPS[step['key']]:18} {int(step['progress']):3} %"
    yield from _output_lines(alignment)


def _output_lines(alignment: Json) -> Iterator[str]:
    for file in alignment["output_files"]:
        yield f"{file['id']}  {file['filename']} ({filesize(file['bytes'])})"


def _files_texts(files: Sequence[Json]) -> list[str]:
    if not files:
        return ["It has no files."]
    rows = [
        (
            file["name"],
            file["status"] or "ready",
            file["queue_position"],
            filesize(file["size"]) if file["size"] is not None else None,
            file["file_id"],
        )
        for file in files
    ]
    return [table(["FILE", "STATUS", "PLACE IN QUEUE", "SIZE", "ID"], rows), "\n".join(failure_lines(files))]
