"""The made documents whose Markdown is known. Kept in `build/`, and made again when what makes them changes."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from portal.documents.kinds import Kind
from tests.bench.documents.composing import Shape, compose, compose_sheets, compose_slides
from tests.bench.documents.markdown import known_markdown
from tests.bench.documents.model import Document
from tests.bench.documents.writers.docx import write_docx
from tests.bench.documents.writers.html import write_html
from tests.bench.documents.writers.pdf import write_pdf
from tests.bench.documents.writers.pptx import write_pptx
from tests.bench.documents.writers.xlsx import write_xlsx

HERE = Path(__file__).parent
KEPT = HERE.parents[2] / "build" / "documents"

DOCUMENTS = 10
"""How many of each layout."""

LAYOUTS = ("office", "one_column", "two_columns", "borderless")
"""How PDFs are laid out: exported by LibreOffice, in one column, in two, with tables that have no rules."""


@dataclass(frozen=True)
class Sample:
    """A made document: the file and its known Markdown. `layout` is the kind's name where a kind has but one."""

    path: Path
    markdown: str
    layout: str


def pdfs(*, later: int = 0) -> list[Sample]:
    """PDF documents in all layouts. Needs LibreOffice (`soffice`). `later` is added to their seeds and gives others."""
    return [
        sample
        for layout in LAYOUTS
        for sample in _kept(layout, lambda folder, at=layout: _make_pdfs(folder, at, later), later)
    ]


def samples(kind: Kind, *, later: int = 0) -> list[Sample]:
    """Documents of one kind.

    Raises:
        KeyError: if none are made of that kind.
    """
    if kind is Kind.PDF:
        return pdfs(later=later)
    return _kept(kind.value, lambda folder: _make(folder, _FIRST_SEEDS[kind] + later, _WAYS[kind]), later)


def large(kind: Kind) -> Path:
    """One large document of a kind that has no pages, or slides."""
    return _kept(f"large-{kind}", lambda folder: _make(folder, 900, _LARGE_WAYS[kind], 1))[0].path


def _kept(layout: str, make: Callable[[Path], None], later: int = 0) -> list[Sample]:
    """The samples in a folder named after what makes them; made if it isn't there."""
    folder = KEPT / f"{layout}-{later}-{_digest()}"
    if not folder.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=KEPT))
        make(fresh)
        try:
            fresh.rename(folder)
        except OSError:  # someone else was faster
            shutil.rmtree(fresh)
    known = sorted(folder.glob("*.md"))
    return [Sample(next(folder.glob(f"{path.stem}.[!m]*")), path.read_text("utf-8"), layout) for path in known]


def _digest() -> str:
    """Tells the state of the modules that make files."""
    digest = sha256()
    for module in sorted(HERE.rglob("*.py")):
        if module.parent.name == "writers" or module.stem in ("model", "vocabulary", "composing", "markdown", "corpus"):
            digest.update(module.read_bytes())
    return digest.hexdigest()[:12]


def _make_pdfs(folder: Path, layout: str, later: int) -> None:
    first = _FIRST_SEEDS[layout] + later
    if layout == "office":
        _make_exported(folder, first)
    else:
        _make_printed(folder, first, columns=2 if layout == "two_columns" else 1, ruled=layout != "borderless")


def _make_printed(folder: Path, first: int, *, columns: int, ruled: bool) -> None:
    shape = Shape(widest=4 if columns > 1 else 7)
    for seed in range(first, first + DOCUMENTS):
        document = _with_markdown(folder, seed, compose(seed, shape))
        write_pdf(document, folder / f"{seed}.pdf", seed=seed, columns=columns, ruled=ruled)


def _make_exported(folder: Path, first: int) -> None:
    _make(folder, first, _DOCX)
    made = sorted(folder.glob("*.docx"))
    with tempfile.TemporaryDirectory() as profile:
        # A profile of its own: with the usual one, a second LibreOffice at the same time does nothing.
        command = ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", "pdf"]
        subprocess.run([*command, "--outdir", folder, *made], check=True, capture_output=True)
    for path in made:
        path.unlink()


def _make(folder: Path, first: int, way: _Way, count: int = DOCUMENTS) -> None:
    for seed in range(first, first + count):
        way.write(_with_markdown(folder, seed, way.compose(seed)), folder / f"{seed}.{way.kind}", seed)


def _with_markdown(folder: Path, seed: int, document: Document) -> Document:
    (folder / f"{seed}.md").write_text(known_markdown(document), "utf-8")
    return document


@dataclass(frozen=True)
class _Way:
    """How documents of one kind are made from seeds."""

    kind: Kind
    compose: Callable[[int], Document]
    write: Callable[[Document, Path, int], None]


_DOCX = _Way(
    Kind.DOCX, lambda seed: compose(seed, Shape()), lambda document, path, seed: write_docx(document, path, seed=seed)
)
_PPTX = _Way(Kind.PPTX, lambda seed: compose_slides(seed, 15), lambda document, path, _seed: write_pptx(document, path))
_XLSX = _Way(
    Kind.XLSX, lambda seed: compose_sheets(seed, 3, 30), lambda document, path, _seed: write_xlsx(document, path)
)
_HTML = _Way(Kind.HTML, lambda seed: compose(seed, Shape()), lambda document, path, _seed: write_html(document, path))

_LONG = Shape(sections=300, long_table=500)
_LARGE = (
    replace(_DOCX, compose=lambda seed: compose(seed, _LONG)),
    replace(_PPTX, compose=lambda seed: compose_slides(seed, 600)),
    replace(_XLSX, compose=lambda seed: compose_sheets(seed, 1, 50_000, columns=10)),
    replace(_HTML, compose=lambda seed: compose(seed, _LONG)),
)

_FIRST_SEEDS: dict[str, int] = {
    "office": 100,
    "one_column": 200,
    "two_columns": 300,
    "borderless": 400,
    Kind.DOCX: 500,
    Kind.PPTX: 600,
    Kind.XLSX: 700,
    Kind.HTML: 800,
}
_WAYS = {way.kind: way for way in (_DOCX, _PPTX, _XLSX, _HTML)}
_LARGE_WAYS = {way.kind: way for way in _LARGE}

KINDS = (Kind.PDF, *_WAYS)
"""The kinds that documents are made of."""
