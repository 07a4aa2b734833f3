"""Alignment as JSON, in the shapes that programs rely on. Pure, but for the time that it is, and the prices."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, cast

from portal.alignment.models import AlignmentJob, AlignmentStep, TrainingPair
from portal.alignment.progress import percent_of, progress_of
from portal.alignment.queries import AlignmentSummary
from portal.alignment.shapes import (
    AlignmentOutputShape,
    AlignmentShape,
    AlignmentStepShape,
    PairCountsShape,
    PairShape,
    UsageShape,
)
from portal.alignment.spending import spent
from portal.alignment.wording import detailed_message
from portal.database import utcnow
from portal.files.models import FilePurpose, StoredFile
from portal.lifecycle import ALIGNMENT_WITHOUT_RESULT
from portal.web.filters import iso


def alignment_shape(job: AlignmentJob, summary: AlignmentSummary) -> AlignmentShape:
    """A job whose steps and files are loaded, as an entry of a list and by itself."""
    now = utcnow()
    progress = progress_of(job, now)
    return {
        "id": job.public_id,
        "user_id": str(job.user_id),
        "data_job_id": job.data_job_id,
        "type": job.alignment_type,
        "created_at": iso(job.created_at),
        "updated_at": iso(job.updated_at),
        "started_at": _time(job.started_at),
        "stopped_at": _time(job.stopped_at),
        "status": job.status,
        "status_message": detailed_message(job, summary),
        "error_message": job.error_message,
        "suggested_fix": job.suggested_fix,
        "current_step": progress.current_step.key if progress.current_step else None,
        "progress": progress.percent,
        "step_progress": progress.step_percent,
        "estimated_completion_at": _time(progress.ends_at(now)),
        "eta_minutes": progress.minutes_left,
        "steps": [_step_shape(step) for step in job.steps],
        "file_counts": {"total": summary.sources, "done": summary.sources_done},
        "pair_counts": _pair_counts_shape(AlignmentSummary() if job.status in ALIGNMENT_WITHOUT_RESULT else summary),
        "generator": "model" if job.model else "embedded",
        "model": job.model,
        "usage": _usage_shape(job, summary) if job.model else None,
        "system_prompt": job.system_prompt,
        "instructions": job.instructions,
        "output_files": output_shapes(job),
        "files_out_of_date": job.is_out_of_date,
    }


def output_shapes(job: AlignmentJob) -> list[AlignmentOutputShape]:
    """The files of training data of a job whose files are loaded; none before it is completed."""
    return [_output_shape(file) for file in (job.jsonl_file, job.parquet_file) if file]


def pair_shape(pair: TrainingPair, version: str) -> PairShape:
    """A pair whose passage and its document are loaded. `version` is `operations.pairs.version_of` it."""
    passage, source = pair.passage, pair.passage.source
    return {
        "id": pair.id,
        "document": source.number,
        "file_id": source.file_id,
        "filename": source.name,
        "kind": pair.kind,
        "state": pair.state,
        "question": pair.question,
        "answer": pair.answer,
        "original_question": pair.original_question,
        "original_answer": pair.original_answer,
        "version": version,
        "start": pair.start,
        "end": pair.end,
        "passage": {
            "headings": passage.headings,
            "start": passage.start,
            "end": passage.end,
            "text": passage.text,
        },
    }


def _output_shape(file: StoredFile) -> AlignmentOutputShape:
    return {
        "id": file.id,
        "filename": file.name,
        "bytes": file.size,
        "created_at": iso(file.created_at),
        "file_type": cast("Literal['jsonl', 'parquet']", file.kind),
        "purpose": FilePurpose(file.purpose or FilePurpose.FINE_TUNE),
        "sha256": file.sha256,
    }


def _step_shape(step: AlignmentStep) -> AlignmentStepShape:
    return {
        "key": step.key,
        "total": step.total,
        "done": step.done,
        "progress": percent_of(step),
        "started_at": _time(step.started_at),
        "finished_at": _time(step.finished_at),
    }


def _pair_counts_shape(summary: AlignmentSummary) -> PairCountsShape:
    return {
        "kept": summary.kept,
        "duplicate": summary.duplicate,
        "dropped": summary.dropped,
        "edited": summary.edited,
    }


def _usage_shape(job: AlignmentJob, summary: AlignmentSummary) -> UsageShape:
    cost = spent(job, summary)
    return {
        "requests": summary.requests,
        "input_tokens": summary.input_tokens,
        "output_tokens": summary.output_tokens,
        "refused": summary.refused,
        "cost": None if cost is None else float(cost),
    }


def _time(value: datetime | None) -> str | None:
    return iso(value) if value else None
