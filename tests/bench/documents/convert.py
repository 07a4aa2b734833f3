"""`python -m tests.bench.documents.convert NAME`: convert files as NAME does, in a process of its own.

Reads JSON from standard input, `[[path, place for its Markdown], ...]`, and prints a line of JSON for each: the path,
the seconds and the processor seconds that it took, or the error. Runs in the environment of whatever it calls, so it
imports nothing else.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

Convert = Callable[[Path], str]


def _portal(method: str) -> Convert:
    from portal.documents.converting import Source, convert
    from portal.documents.kinds import Kind
    from portal.documents.methods import Method

    def run(path: Path) -> str:
        with tempfile.TemporaryDirectory() as folder:
            return convert(Source(path, Kind(path.suffix[1:]), Method(method), Path(folder))).text

    return run


def _markitdown() -> Convert:
    from markitdown import MarkItDown

    converter = MarkItDown()
    return lambda path: str(converter.convert(path).text_content)


def _docling() -> Convert:
    """Its pipeline for PDF without models."""
    from docling.datamodel.base_models import InputFormat
    from docling.datamodel.pipeline_options import NativePdfPipelineOptions
    from docling.document_converter import DocumentConverter, PdfFormatOption
    from docling.pipeline.native_pdf_pipeline import NativePdfPipeline

    options = NativePdfPipelineOptions(parser_threads=1, generate_page_images=False, generate_picture_images=False)
    way = PdfFormatOption(pipeline_cls=NativePdfPipeline, pipeline_options=options)
    converter = DocumentConverter(format_options={InputFormat.PDF: way})
    return lambda path: str(converter.convert(path).document.export_to_markdown())


def _liteparse() -> Convert:
    from liteparse import LiteParse

    parser = LiteParse(ocr_enabled=False, output_format="markdown", quiet=True, max_pages=100_000, num_workers=1)
    return lambda path: str(parser.parse(path).text)


def _pdfium() -> Convert:
    import pypdfium2

    return lambda path: "\n\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(path))


def _xberg() -> Convert:
    import asyncio

    import xberg

    config = xberg.ExtractionConfig(output_format="markdown", use_cache=False, disable_ocr=True)

    def run(path: Path) -> str:
        found = asyncio.run(xberg.extract(xberg.ExtractInput(uri=str(path)), config))
        return "\n\n".join(one.content for one in found.results)

    return run


CONVERTERS: dict[str, Callable[[], Convert]] = {
    "speed-optimized": lambda: _portal("speed-optimized"),
    "accuracy-optimized": lambda: _portal("accuracy-optimized"),
    "markitdown": _markitdown,
    "docling": _docling,
    "liteparse": _liteparse,
    "pdfium": _pdfium,
    "xberg": _xberg,
}


def main(name: str) -> None:
    said = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what converters print is no answer
    files = [(Path(path), Path(place)) for path, place in json.load(sys.stdin)]
    convert = CONVERTERS[name]()
    with contextlib.suppress(Exception):
        convert(files[0][0])  # loads what is loaded but once
    for path, place in files:
        print(json.dumps(_timed(convert, path, place)), file=said, flush=True)


def _timed(convert: Convert, path: Path, place: Path) -> dict[str, object]:
    start, start_cpu = time.perf_counter(), _processor_seconds()
    try:
        text = convert(path)
    except Exception as error:
        return {"path": str(path), "error": f"{type(error).__name__}: {error}"[:300]}
    seconds, cpu = time.perf_counter() - start, _processor_seconds() - start_cpu
    place.write_text(text, "utf-8", errors="replace")
    return {"path": str(path), "seconds": seconds, "cpu": cpu}


def _processor_seconds() -> float:
    """Of this process and of those that it started."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


if __name__ == "__main__":
    main(sys.argv[1])
