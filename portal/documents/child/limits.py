"""What one conversion may take."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Limits on a conversion. All but `seconds` and `output_bytes` hold for each process that takes part in it."""

    seconds: float = 300
    """By the clock, from start to end."""
    cpu_seconds: int = 300
    memory_bytes: int = 2048 * MIB
    """Address space."""
    output_bytes: int = 64 * MIB
    """The Markdown."""
    file_bytes: int = 1024 * MIB
    """Any one file that is written on the way."""
    open_files: int = 128
