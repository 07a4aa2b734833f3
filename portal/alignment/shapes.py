"""Alignment in JSON: the shapes that programs rely on, which are those of the public client. The OpenAPI document is
made from them."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from portal.alignment.generating.pairs import PairKind
from portal.alignment.models import AlignmentType, PairState, StepKey
from portal.files.models import FilePurpose
from portal.lifecycle import AlignmentStatus


class AlignmentOutputShape(TypedDict):
    """A file of training data in the library. `bytes` is its size, `sha256` is in hexadecimal; both change when it is
    written again, the id stays."""

    id: str
    filename: str
    bytes: int
    created_at: str
    file_type: Literal["jsonl", "parquet"]
    purpose: FilePurpose
    sha256: str


class AlignmentStepShape(TypedDict):
    """How far a step has come: `done` of `total`, in bytes of Markdown (`generating`) or in pairs; `total` is null
    while it isn't known. `progress` is in percent."""

    key: StepKey
    total: int | None
    done: int
    progress: float
    started_at: str | None
    finished_at: str | None


class SourceCountsShape(TypedDict):
    """How many Markdown files there are, and of how many all pairs are made."""

    total: int
    done: int


class PairCountsShape(TypedDict):
    """How many pairs are in the files (`kept`), and how many aren't, since an earlier one is the same (`duplicate`), or
    since a person took them out (`dropped`). `edited` are those that a person changed, among all these."""

    kept: int
    duplicate: int
    dropped: int
    edited: int


class UsageShape(TypedDict):
    """What the language model was asked: requests that it answered, and the tokens that it counted. `refused` are the
    pairs that it wrote and that didn't stand the check against the text. `cost` is in US dollars at today's prices,
    null where these aren't known."""

    requests: int
    input_tokens: int
    output_tokens: int
    refused: int
    cost: float | None


class AlignmentShape(TypedDict):
    """Training data that is made of Markdown files. `progress` and `step_progress` are in percent, of the whole and of
    `current_step`; `estimated_completion_at` and `eta_minutes` are null where the time left can't be told.
    `status_message` says in words what is going on, or why it failed and what to do.

    `generator` says who makes the pairs: `embedded` takes them from the text, `model` is the language model named by
    `model`, whose `usage` is null where there is none. `files_out_of_date` says that pairs were changed and that the
    files are being written again."""

    id: str
    user_id: str
    data_job_id: str | None
    type: AlignmentType
    created_at: str
    updated_at: str
    started_at: str | None
    stopped_at: str | None
    status: AlignmentStatus
    status_message: str
    error_message: str | None
    suggested_fix: str | None
    current_step: StepKey | None
    progress: float
    step_progress: float | None
    estimated_completion_at: str | None
    eta_minutes: int | None
    steps: list[AlignmentStepShape]
    file_counts: SourceCountsShape
    pair_counts: PairCountsShape
    generator: Literal["embedded", "model"]
    model: str | None
    usage: UsageShape | None
    system_prompt: str
    instructions: str
    output_files: list[AlignmentOutputShape]
    files_out_of_date: bool


class PassageShape(TypedDict):
    """A part of a document: its range in characters from 0, without the end, and the headings above it, the topmost
    first."""

    headings: list[str]
    start: int
    end: int
    text: str


class PairShape(TypedDict):
    """A question and its answer, with the passage that they rest on; `start` and `end` are the range of the document
    from which the answer was taken. `document` is the number of the document in the job, from 1, `file_id` its
    Markdown. `original_question` and `original_answer` are null where nobody edited it. `version` tells whether someone
    changed it since."""

    id: int
    document: int
    file_id: str
    filename: str
    kind: PairKind
    state: PairState
    question: str
    answer: str
    original_question: str | None
    original_answer: str | None
    version: str
    start: int
    end: int
    passage: PassageShape
