"""The portal's converters and its peers', each run by `convert` in a process of its own, peers in an environment of
their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[3]

PORTAL = ("speed-optimized", "accuracy-optimized")
PEERS: dict[str, tuple[str, ...]] = {
    "markitdown": ("markitdown[docx,pdf,pptx,xls,xlsx]==0.1.8",),
    "docling": ("torch==2.13.0", "docling-slim[format-pdf]==2.143.0"),
    "liteparse": ("liteparse==2.18.0",),
    "xberg": ("xberg==1.3.9",),
    "pdfium": ("pypdfium2==5.15.2",),
}
"""What each peer's environment has. Docling's full package would bring 5 GB of models' libraries, which its pipeline
without models doesn't use."""


@dataclass(frozen=True)
class Conversion:
    """What became of one file; `markdown` is empty where there is an `error`. `seconds` are those on the wall, `cpu`
    those of a processor, all threads and programs included."""

    path: Path
    markdown: str
    seconds: float = 0.0
    cpu: float = 0.0
    error: str = ""


def convert(name: str, paths: Sequence[Path]) -> list[Conversion]:
    """Convert files with the converter `name`, one of PORTAL or PEERS, one after the other in one process.

    A process that dies leaves the rest of its files as failed.
    """
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        places = {str(path): str(Path(folder, f"{number}.md")) for number, path in enumerate(paths)}
        command = [_python(name), "-m", "tests.bench.documents.convert", name]
        given = json.dumps(list(places.items()))
        run = subprocess.run(
            command, input=given, cwd=ROOT, capture_output=True, text=True, check=False, env=_environment()
        )
        answers = {answer["path"]: answer for answer in map(json.loads, run.stdout.splitlines())}
        died = {"error": f"ended with {run.returncode}: {run.stderr[-300:]}"}
        return [_conversion(path, answers.get(str(path), died), Path(places[str(path)])) for path in paths]


def _conversion(path: Path, answer: dict[str, str | float], place: Path) -> Conversion:
    if "error" in answer:
        return Conversion(path, "", error=str(answer["error"]))
    return Conversion(path, place.read_text("utf-8"), float(answer["seconds"]), float(answer["cpu"]))


def _environment() -> dict[str, str]:
    """One core's worth of threads, and nothing from the network."""
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"), "1")
    return os.environ | one | {"HF_HUB_OFFLINE": "1"}


def _python(name: str) -> str:
    return sys.executable if name in PORTAL else str(_peer_environment(name) / "bin" / "python")


def _peer_environment(name: str) -> Path:
    """The environment of a peer, made the first time that it is asked for."""
    wanted = PEERS[name]
    folder = ROOT / "build" / "peers" / f"{name}-{sha256(repr(wanted).encode()).hexdigest()[:12]}"
    ready = folder / "ready"
    if not ready.exists():
        print(f"Installing {name} into {folder.relative_to(ROOT)} ...", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([folder / "bin" / "python", "-m", "pip", "install", "--quiet", *wanted], check=True)
        ready.touch()
    return folder
