"""Whether a file fits what it is for: before it is sent, as far as its name and size tell, and by its content. Pure."""

from __future__ import annotations

from portal.documents.failures import EMPTY, UNSUPPORTED, Failure
from portal.documents.kinds import Kind, kind_named
from portal.files.models import FilePurpose
from portal.files.recognising import PARQUET
from portal.web.filters import filesize

TRAINING = frozenset(
    {FilePurpose.FINE_TUNE, FilePurpose.PREFERENCE_FINE_TUNE, FilePurpose.REINFORCEMENT_FINE_TUNE},
)
"""What takes training data, and nothing else."""

TRAINING_KINDS = frozenset({Kind.JSONL, PARQUET})


def unfit(purpose: FilePurpose, kind: str | None, size: int) -> str | None:
    """Why a file of this kind, found from its content, and size in bytes can't be kept for `purpose`; None if it can.
    A document that can't be converted is kept: its record in a data job says so."""
    if purpose not in TRAINING:
        return None
    return _wrong_for_training(kind) or (None if size else _sentences(EMPTY))


def faults_of(purpose: str, suffix: str, size: int, *, most: int) -> list[str]:
    """What is wrong with a file that is to be sent, in sentences. `suffix` is that of its name, with a dot or without;
    `size` is in bytes, as is `most`, what the portal takes."""
    if purpose not in set(FilePurpose):
        return [f"There is no purpose “{purpose}”; there are {', '.join(FilePurpose)}."]
    faults = [_wrong_kind(FilePurpose(purpose), _kind_of_suffix(suffix.lower().removeprefix(".")))]
    faults += [None if size else _sentences(EMPTY), too_large(most) if size > most else None]
    return [fault for fault in faults if fault]


def too_large(most: int) -> str:
    """What is said of a file of more than `most` bytes."""
    return f"It is larger than the {filesize(most)} that the portal accepts."


def _wrong_kind(purpose: FilePurpose, kind: str | None) -> str | None:
    if purpose in TRAINING:
        return _wrong_for_training(kind)
    is_taken = kind in set(Kind) or (kind == PARQUET and purpose == FilePurpose.PRE_TRAIN)
    return None if is_taken else _sentences(UNSUPPORTED)


def _wrong_for_training(kind: str | None) -> str | None:
    return None if kind in TRAINING_KINDS else "Training data must be JSON Lines (.jsonl) or Parquet (.parquet)."


def _kind_of_suffix(suffix: str) -> str | None:
    return PARQUET if suffix == PARQUET else kind_named(f"file.{suffix}")


def _sentences(failure: Failure) -> str:
    return f"{failure.message} {failure.fix}"
