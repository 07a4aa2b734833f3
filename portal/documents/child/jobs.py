"""What worker, keeper and converter tell each other: lines of JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from portal.documents.child.limits import Limits
from portal.documents.converting import Source
from portal.documents.kinds import Kind
from portal.documents.methods import Method


@dataclass(frozen=True)
class Job:
    """One document to convert within `room`, a folder that is there for this alone."""

    path: Path
    kind: Kind
    method: Method
    room: Path
    limits: Limits

    @property
    def folder(self) -> Path:
        """What the converter gets as `Source.folder`; it is its working directory, too."""
        return self.room / "folder"

    @property
    def home(self) -> Path:
        """Home and temporary files of all programs that the converter calls."""
        return self.room / "home"

    @property
    def markdown(self) -> Path:
        """Where the converter puts the Markdown."""
        return self.room / "document.md"

    @property
    def source(self) -> Source:
        return Source(self.path, self.kind, self.method, self.folder)

    def line(self) -> bytes:
        """The job as a line for the keeper."""
        return json.dumps(asdict(self), default=str).encode() + b"\n"

    @classmethod
    def of_line(cls, line: bytes) -> Job:
        """The reverse of `line`."""
        values = json.loads(line)
        return cls(
            Path(values["path"]),
            Kind(values["kind"]),
            Method(values["method"]),
            Path(values["room"]),
            Limits(**values["limits"]),
        )


@dataclass(frozen=True)
class End:
    """How a converter ended, as its keeper saw it."""

    refused: str = ""
    """Why it couldn't even be started."""
    status: int = 0
    """Its exit status, or the number of the signal that killed it as a negative number."""
    said: str = ""
    """What it said of its work (JSON); nothing if it died before."""
    log: str = ""
    """The end of what it and its programs wrote to their standard output and error."""
    seconds: float = 0
    cpu_seconds: float = 0
    peak_bytes: int = 0
    """Of the largest of its processes."""

    def line(self) -> bytes:
        """The end as a line for the worker."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def of_line(cls, line: bytes) -> End:
        """The reverse of `line`."""
        return cls(**json.loads(line))
