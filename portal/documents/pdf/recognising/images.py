"""Pages as images that Tesseract reads."""

from __future__ import annotations

from pathlib import Path

import pypdfium2 as pypdfium

DPI = 300
"""What Tesseract's models were trained for."""
MOST_PIXELS = 24_000_000
"""Of one image: an A3 page at 300 dpi has 17 million. Larger pages are drawn with fewer dots per inch."""


def draw(document: pypdfium.PdfDocument, number: int, path: Path) -> float:
    """Write page `number` (the first one is 1) to `path`, as a grey image in the format PGM, which needs no library.
    Returns its resolution in dots per inch."""
    page = document[number - 1]
    try:
        width, height = page.get_size()
        dpi = min(DPI, 72 * (MOST_PIXELS / max(width * height, 1)) ** 0.5)
        bitmap = page.render(scale=dpi / 72, grayscale=True)
        try:
            _write(path, bitmap)
        finally:
            bitmap.close()
    finally:
        page.close()
    return float(dpi)


def _write(path: Path, bitmap: pypdfium.PdfBitmap) -> None:
    rows = memoryview(bitmap.buffer).cast("B")
    with path.open("wb") as file:
        file.write(b"P5 %d %d 255\n" % (bitmap.width, bitmap.height))
        for start in range(0, bitmap.height * bitmap.stride, bitmap.stride):
            file.write(rows[start : start + bitmap.width])
