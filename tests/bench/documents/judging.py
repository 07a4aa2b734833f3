"""What became of made documents, compared with what is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from tests.bench.documents.converters import Conversion
from tests.bench.documents.corpus import Sample
from tests.bench.documents.quality import Quality, quality


@dataclass(frozen=True)
class Judged:
    sample: Sample
    conversion: Conversion
    quality: Quality


def judge(samples: Sequence[Sample], conversions: Sequence[Conversion]) -> list[Judged]:
    """What became of `samples`, in their order; one whose conversion failed counts as empty."""
    return [
        Judged(sample, made, quality(sample.markdown, made.markdown))
        for sample, made in zip(samples, conversions, strict=True)
    ]


def mean_quality(judged: Sequence[Judged]) -> float:
    """The mean over the documents, 0 to 1."""
    return fmean(one.quality.mean for one in judged)
