"""PDFs for tests, made letter by letter: what stands where is known, whichever program reads them."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pikepdf

LETTER = (612.0, 792.0)
FONTS = {"F": "Helvetica", "B": "Helvetica-Bold", "I": "Helvetica-Oblique", "M": "Courier", "D": "ZapfDingbats"}
"""By the letter that `Text.font` has."""


@dataclass(frozen=True)
class Text:
    """A line of text. `x` and `top` are points from the upper left corner to where it begins and stands; each of its
    spaces is wider by `spread`, in points."""

    x: float
    top: float
    text: str
    size: float = 10
    font: str = "F"
    spread: float = 0


@dataclass
class Page:
    """What stands on a page. `rules` are lines from (x, y) to (x, y) from the upper left corner, `links` boxes (left,
    top, right, bottom) with addresses; `more` are entries for its dictionary."""

    texts: Sequence[Text] = ()
    rules: Sequence[tuple[float, float, float, float]] = ()
    links: Sequence[tuple[tuple[float, float, float, float], str]] = ()
    image: bytes | None = None
    size: tuple[float, float] = LETTER
    more: dict[str, object] = field(default_factory=dict)


def lines(texts: Iterable[str], *, x: float = 72, top: float = 100, step: float = 12, size: float = 10) -> list[Text]:
    """Lines of text below each other, in points."""
    return [Text(x, top + number * step, text, size) for number, text in enumerate(texts)]


def write_pdf(path: Path, pages: Sequence[Page], **saving: object) -> Path:
    """Write a PDF; `saving` goes to pikepdf (encryption and the like)."""
    with pikepdf.new() as document:
        fonts = pikepdf.Dictionary({f"/{key}": _font(document, name) for key, name in FONTS.items()})
        for page in pages:
            _add(document, page, fonts)
        document.save(path, **saving)
    return path


def _font(document: pikepdf.Pdf, name: str) -> pikepdf.Object:
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name(f"/{name}"))
    if name != "ZapfDingbats":
        font.Encoding = pikepdf.Name.WinAnsiEncoding
    return document.make_indirect(font)


def _add(document: pikepdf.Pdf, page: Page, fonts: pikepdf.Dictionary) -> None:
    added = document.add_blank_page()
    added.obj.MediaBox = pikepdf.Array([0, 0, *page.size])
    resources = pikepdf.Dictionary(Font=fonts)
    if page.image is not None:
        resources.XObject = pikepdf.Dictionary(Im=_image(document, page.image))
    added.obj.Resources = resources
    added.obj.Contents = document.make_stream(_content(page))
    for key, value in page.more.items():
        added.obj[key] = value
    if page.links:
        added.obj.Annots = pikepdf.Array([_link(document, box, url, page.size[1]) for box, url in page.links])


def _content(page: Page) -> bytes:
    height = page.size[1]
    parts = [f"q {page.size[0]} 0 0 {height} 0 0 cm /Im Do Q"] if page.image is not None else []
    parts += [f"{x0} {height - y0} m {x1} {height - y1} l S" for x0, y0, x1, y1 in page.rules]
    parts += [
        f"BT /{text.font} {text.size} Tf {text.spread} Tw {text.x} {height - text.top} Td ({_escaped(text.text)}) Tj ET"
        for text in page.texts
    ]
    return "\n".join(parts).encode("latin-1")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _image(document: pikepdf.Pdf, pgm: bytes) -> pikepdf.Object:
    """A grey image from the format PGM."""
    head, pixels = pgm[:40].split(b"\n", 1)[0], pgm.split(b"\n", 1)[1]
    _, width, height, _ = head.split()
    image = document.make_stream(zlib.compress(pixels), Filter=pikepdf.Name.FlateDecode)
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width, image.Height, image.BitsPerComponent = int(width), int(height), 8
    image.ColorSpace = pikepdf.Name.DeviceGray
    return image


def _link(document: pikepdf.Pdf, box: tuple[float, float, float, float], url: str, height: float) -> pikepdf.Object:
    left, top, right, bottom = box
    action = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=pikepdf.String(url))
    return document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Link,
            Rect=[left, height - bottom, right, height - top],
            A=action,
        )
    )
