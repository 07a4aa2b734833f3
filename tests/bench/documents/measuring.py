"""Documents to Markdown: quality and speed, beside markitdown and docling's pipeline without models.

Quality is measured on made documents, whose Markdown is known; speed on these, and on the PDFs in the folder that the
setting PORTAL_BENCH_DOCUMENTS names. A second of a core is one of processor time, that of all threads and programs
which a converter uses, so that other work on the machine matters little. Starting Python and loading libraries don't
count: each converter has converted the first file once before.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pypdfium2

from portal.documents.kinds import Kind
from tests.bench.documents import corpus
from tests.bench.documents.converters import PORTAL, Conversion, convert
from tests.bench.documents.corpus import Sample
from tests.bench.documents.judging import judge, mean_quality
from tests.bench.documents.worker import documents_portal
from tests.bench.results import Comparison, Figure, Result

ROUNDS = 3
REAL_DOCUMENTS = "PORTAL_BENCH_DOCUMENTS"

SPEED, ACCURACY = PORTAL
PDF_PEERS = ("markitdown", "docling")
OFFICE_KINDS = (Kind.DOCX, Kind.PPTX, Kind.XLSX, Kind.HTML)

BY_SPEED, BY_ACCURACY, TWO_COLUMNS = 0.88, 0.93, 0.90
"""The least quality of made PDFs by each method, and of those in two columns by the second one."""
ACCURATE_PAGES = 20.0
"""The least pages per second of a core by the second method."""
TIMES_FASTER = 10.0
"""How much faster than markitdown the portal must be."""

Rounds = list[dict[str, list[Conversion]]]


def measure(folder: Path) -> Iterator[Result]:
    """PDFs first, then what has no pages."""
    yield from _made_pdfs(corpus.pdfs(), folder)
    if real := os.environ.get(REAL_DOCUMENTS):
        paths = sorted(Path(real).glob("*.pdf"))
        yield from _speeds(f"{len(paths)} real PDFs", paths, _rounds(paths, (*PORTAL, *PDF_PEERS)))
    for kind in OFFICE_KINDS:
        yield from _without_pages(kind)


def _made_pdfs(samples: list[Sample], folder: Path) -> Iterator[Result]:
    paths = [sample.path for sample in samples]
    rounds = _rounds(paths, (*PORTAL, *PDF_PEERS))
    quality = {name: _quality(samples, rounds[0][name]) for name in rounds[0]}
    beside = ", ".join(f"{name} {quality[name]:.3f}" for name in PDF_PEERS)
    title = f"quality of {len(samples)} made PDFs ({beside})"
    yield _at_least(f"{title}, {SPEED}", quality[SPEED], BY_SPEED)
    yield _at_least(f"{title}, {ACCURACY}", quality[ACCURACY], BY_ACCURACY)
    in_two = [
        (one, made) for one, made in zip(samples, rounds[0][ACCURACY], strict=True) if one.layout == "two_columns"
    ]
    yield _at_least(f"quality of those in two columns, {ACCURACY}", _quality(*zip(*in_two, strict=True)), TWO_COLUMNS)
    yield from _speeds(f"{len(samples)} made PDFs", paths, rounds)
    yield from _through_workers(paths, folder, _speeds_of("markitdown", rounds, _pages(paths)))


def _through_workers(paths: Sequence[Path], folder: Path, markitdown: list[float]) -> Iterator[Result]:
    with documents_portal(folder / "portal") as bench:
        fast, accurate = ([bench.pages_a_second(paths, method) for _ in range(ROUNDS)] for method in PORTAL)
    title = f"{len(paths)} made PDFs, upload to completed"
    yield Comparison(
        f"{title}, {SPEED}, against markitdown", fast, "markitdown", markitdown, TIMES_FASTER, "pages/s a core", ",.1f"
    )
    yield Figure(f"{title}, {ACCURACY}", "pages/s a core", accurate, ACCURATE_PAGES, or_more=True, digits=1)


def _rounds(paths: Sequence[Path], converters: Sequence[str]) -> Rounds:
    """All converters in turn, ROUNDS times."""
    return [{name: convert(name, paths) for name in converters} for _ in range(ROUNDS)]


def _quality(samples: Sequence[Sample], conversions: Sequence[Conversion]) -> float:
    return mean_quality(judge(samples, conversions))


def _at_least(title: str, quality: float, limit: float) -> Figure:
    return Figure(title, "of 1", [quality], limit, or_more=True, digits=3)


def _speeds(title: str, paths: Sequence[Path], rounds: Rounds) -> Iterator[Result]:
    pages = _pages(paths)
    speeds = {name: _speeds_of(name, rounds, pages) for name in rounds[0]}
    title = f"{title}, {sum(pages.values())} pages"
    for peer, at_least in (("markitdown", TIMES_FASTER), ("docling", 1.0)):
        yield Comparison(
            f"{title}, {SPEED}, against {peer}", speeds[SPEED], peer, speeds[peer], at_least, "pages/s a core", ",.1f"
        )
    yield Figure(f"{title}, {ACCURACY}", "pages/s a core", speeds[ACCURACY], ACCURATE_PAGES, or_more=True, digits=1)


def _pages(paths: Sequence[Path]) -> dict[Path, int]:
    return {path: len(pypdfium2.PdfDocument(path)) for path in paths}


def _speeds_of(name: str, rounds: Rounds, pages: dict[Path, int]) -> list[float]:
    return [_pages_a_second(one[name], pages) for one in rounds]


def _pages_a_second(conversions: Sequence[Conversion], pages: dict[Path, int]) -> float:
    """Of what was converted; a file that a converter fails at doesn't make it faster."""
    converted = [made for made in conversions if not made.error]
    return sum(pages[made.path] for made in converted) / sum(made.cpu for made in converted) if converted else 0.0


def _without_pages(kind: Kind) -> Iterator[Result]:
    """Speed on one large document, quality on small ones."""
    samples, large = corpus.samples(kind), corpus.large(kind)
    megabytes = large.stat().st_size / 1e6
    rounds = _rounds([large], (SPEED, "markitdown"))
    ours, theirs = ([megabytes / one[name][0].cpu for one in rounds] for name in (SPEED, "markitdown"))
    title = f"{kind.upper()} of {megabytes:.1f} MB, against markitdown"
    yield Comparison(title, ours, "markitdown", theirs, TIMES_FASTER, "MB/s a core", ",.3f")
    paths = [sample.path for sample in samples]
    quality = {name: _quality(samples, convert(name, paths)) for name in (*PORTAL, "markitdown")}
    for method in PORTAL:
        title = f"quality of {len(samples)} made {kind.upper()}, {method}, against markitdown"
        yield Comparison(title, [quality[method]], "markitdown", [quality["markitdown"]], 1.0, "of 1", ",.3f")
