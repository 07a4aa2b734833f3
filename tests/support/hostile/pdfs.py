"""Hostile PDF files."""

from __future__ import annotations

import io
import random
import zlib
from collections.abc import Callable
from functools import partial

import pikepdf

from portal.documents.kinds import Kind
from portal.documents.methods import Method
from tests.support.hostile import bombs
from tests.support.hostile.document import CONVERTED, Hostile, hostile, random_bytes
from tests.support.hostile.pdf_file import A4, TEXT, Pdf, document, rules, words

OFFICE = b"PK\x03\x04" + bytes(2000)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(2000)


def truncated(share: float) -> bytes:
    content = document(pages=20)
    return content[: int(len(content) * share)]


def flipped(seed: int) -> bytes:
    """One bit in each 200 bytes."""
    chance = random.Random(seed)
    content = bytearray(document(pages=5))
    for position in range(0, len(content), 200):
        content[position + chance.randrange(min(200, len(content) - position))] ^= 1 << chance.randrange(8)
    return bytes(content)


def locked(revision: int, *, user: str) -> bytes:
    """`revision` 3 is RC4, 4 is AES of 128 bits, 6 of 256."""
    target = io.BytesIO()
    is_modern = revision > 3
    with pikepdf.open(io.BytesIO(document())) as pdf:
        how = pikepdf.Encryption(owner="owner", user=user, R=revision, aes=is_modern, metadata=is_modern)
        pdf.save(target, encryption=how)
    return target.getvalue()


def sized(box: str, entries: str = "") -> bytes:
    pdf = Pdf()
    pdf.page(box=box, entries=entries)
    return pdf.content()


def blank() -> bytes:
    pdf = Pdf()
    pdf.page("")
    return pdf.content()


def drawing(content: str, resources: str = "") -> bytes:
    """A page of that content, with a line of text before."""
    pdf = Pdf()
    pdf.page(f"{TEXT.splitlines()[0]}\n{content}", resources=resources)
    return pdf.content()


def no_pages() -> bytes:
    return Pdf().content()


def pages_in_a_circle() -> bytes:
    pdf = Pdf()
    pdf.page()
    return pdf.content(pages="/Kids [2 0 R 2 0 R 5 0 R] /Count 3")


def deep_tree(depth: int = 20_000) -> bytes:
    pdf = Pdf()
    for number in range(depth):
        pdf.add(f"<</Type /Pages /Parent {number + 3} 0 R /Kids [{number + 5} 0 R] /Count 1>>")
    pdf.page()
    return pdf.content(pages="/Kids [4 0 R] /Count 1")


def wrong_count() -> bytes:
    pdf = Pdf()
    page = pdf.page()
    return pdf.content(pages=f"/Kids [{page} 0 R] /Count 2147483647")


def many_pages(count: int = 20_000) -> bytes:
    """That all show the same."""
    pdf = Pdf()
    stream = pdf.packed(TEXT)
    for _ in range(count):
        pdf.page(stream)
    return pdf.content()


def bomb(times: int = 1) -> bytes:
    """A page's content that unpacks to a gigabyte; packed more than once it takes a kilobyte."""
    pdf = Pdf()
    data = bombs.zeros(bombs.GIB)
    for _ in range(times - 1):
        data = zlib.compress(data, 9)
    pdf.page(pdf.stream(data, "/Filter [" + "/FlateDecode " * times + "]"))
    return pdf.content()


def forms(calls: int, depth: int) -> bytes:
    """Forms that each show the next one `calls` times; with depth 1 a form shows itself."""
    pdf = Pdf()
    first = 4
    for level in range(depth):
        following = first + (level + 1 if depth > 1 else 0)
        entries = f"/Type /XObject /Subtype /Form /BBox {A4} /Resources <</XObject <</X {following} 0 R>>>>"
        pdf.stream("/X Do " * calls if level < depth - 1 or depth == 1 else "0 0 1 1 re f", entries)
    pdf.page(TEXT + " /X Do", resources=f"/XObject <</X {first} 0 R>>")
    return pdf.content()


def scanned(side: int = 600) -> bytes:
    """A page that is an image, from black to white, in which there is nothing to read."""
    pdf = Pdf()
    image = "/Type /XObject /Subtype /Image /ColorSpace /DeviceGray /BitsPerComponent 8"
    shades = bytes(255 * x // side for x in range(side)) * side
    number = pdf.packed(shades, f"{image} /Width {side} /Height {side}")
    pdf.page("595 0 0 842 0 0 cm /I Do", resources=f"/XObject <</I {number} 0 R>>")
    return pdf.content()


def large_image(side: int = 60_000) -> bytes:
    """An image that claims to be of 3.6 gigapixels."""
    pdf = Pdf()
    image = "/Type /XObject /Subtype /Image /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode"
    number = pdf.stream(bombs.zeros(bombs.GIB), f"{image} /Width {side} /Height {side}")
    pdf.page("595 0 0 842 0 0 cm /I Do", resources=f"/XObject <</I {number} 0 R>>")
    return pdf.content()


def with_actions() -> bytes:
    """JavaScript, programs to be called, an embedded file, and links out of the document."""
    pdf = Pdf()
    script = pdf.add("<</S /JavaScript /JS (app.alert\\(1\\); this.submitForm\\('http://127.0.0.1/'\\))>>")
    launch = pdf.add("<</S /Launch /F (/bin/sh) /Win <</F (cmd.exe) /P (/c calc)>>>>")
    file = pdf.stream(b"MZ" + bytes(200), "/Type /EmbeddedFile")
    link = "/Type /Annot /Subtype /Link /Rect [0 0 595 842]"
    links = [f"<<{link} /A <</S /URI /URI ({uri})>>>>" for uri in ("http://127.0.0.1:9/", "javascript:alert(1)")]
    pdf.page(entries=f"/AA <</O {launch} 0 R>> /Annots [{' '.join(links)} <<{link} /A {launch} 0 R>>]")
    names = f"/Names <</EmbeddedFiles <</Names [(a.exe) <</Type /Filespec /F (a.exe) /EF <</F {file} 0 R>>>>]>>>>"
    return pdf.content(catalogue=f"/OpenAction {script} 0 R {names}")


def outline_in_a_circle() -> bytes:
    pdf = Pdf()
    pdf.page()
    item = pdf.add("<</Title (Again) /Parent 5 0 R /First 6 0 R /Next 6 0 R /Last 6 0 R>>")
    return pdf.content(catalogue=f"/Outlines <</First {item} 0 R /Last {item} 0 R /Count 2147483647>>")


def tables_in_a_circle() -> bytes:
    """The table of offsets names itself as the one before."""
    content = document()
    at = content.rindex(b"xref\n0")
    return content.replace(b"/Root 1 0 R", b"/Root 1 0 R /Prev %d" % at)


def deep_arrays(depth: int = 200_000) -> bytes:
    return sized(A4, "/Annots " + "[" * depth + "]" * depth)


def characters_in_characters() -> bytes:
    """A font whose characters are drawn with the font itself."""
    pdf = Pdf()
    drawn = pdf.stream("1000 0 d0 BT /T 1 Tf (aa) Tj ET")
    font = drawn + 1
    pdf.add(
        "<</Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 97"
        f" /LastChar 97 /Widths [1000] /Encoding <</Differences [97 /a]>> /CharProcs <</a {drawn} 0 R>>"
        f" /Resources <</Font <</T {font} 0 R>>>>>>"
    )
    pdf.page(f"{TEXT} BT /T 12 Tf 72 100 Td (aaaa) Tj ET", fonts=f"/T {font} 0 R")
    return pdf.content()


def pdf(make: Callable[[], bytes], *outcomes: str, contains: str = "", methods: tuple[Method, ...] = ()) -> Hostile:
    return hostile(make, Kind.PDF, *outcomes, contains=contains, methods=methods)


UNREADABLE = "pdf_unreadable"
IMAGES = ("scanned", "no_text_recognised")
TOO_MUCH = ("too_long", "too_slow", "too_much_memory")
LINE = "Line 20 of a page with some words."
QUICKLY = (Method.SPEED,)
"""For what takes all the time there is, by either method."""

DOCUMENTS = {
    "pdf: empty": pdf(bytes, "empty"),
    "pdf: white space": pdf(partial(bytes, b" \n" * 500), "empty", UNREADABLE),
    "pdf: a blank page": pdf(blank, "empty", *IMAGES),
    **{
        f"pdf: truncated to {share:.0%}": pdf(partial(truncated, share), UNREADABLE, CONVERTED, contains=LINE)
        for share in (0.01, 0.3, 0.6, 0.95, 0.999)
    },
    **{
        f"pdf: flipped bits, {seed}": pdf(partial(flipped, seed), UNREADABLE, CONVERTED, "empty", "page_too_large")
        for seed in range(4)
    },
    "pdf: random bytes": pdf(random_bytes, UNREADABLE),
    "pdf: random bytes behind a good beginning": pdf(partial(random_bytes, b"%PDF-1.7\n"), UNREADABLE),
    "pdf: an Office file by that name": pdf(partial(bytes, OFFICE), UNREADABLE),
    "pdf: an image by that name": pdf(partial(bytes, PNG), UNREADABLE),
    "pdf: locked by RC4": pdf(partial(locked, 3, user="secret"), UNREADABLE),
    "pdf: locked by AES of 128 bits": pdf(partial(locked, 4, user="secret"), UNREADABLE),
    "pdf: locked by AES of 256 bits": pdf(partial(locked, 6, user="secret"), UNREADABLE),
    "pdf: locked for its owner only": pdf(partial(locked, 6, user=""), CONVERTED, contains=LINE),
    "pdf: no pages": pdf(no_pages, UNREADABLE, "empty"),
    "pdf: pages in a circle": pdf(pages_in_a_circle, UNREADABLE, CONVERTED, contains=LINE),
    "pdf: a deep tree of pages": pdf(deep_tree, UNREADABLE, CONVERTED, contains=LINE),
    "pdf: claims 2,147,483,647 pages": pdf(wrong_count, UNREADABLE, CONVERTED, "too_long", contains=LINE),
    "pdf: 20,000 pages": pdf(many_pages, CONVERTED, *TOO_MUCH),
    "pdf: a page of 1e9 pt": pdf(partial(sized, "[0 0 1000000000 1000000000]"), "page_too_large"),
    "pdf: a page of 1e38 pt": pdf(partial(sized, f"[0 0 {10**38} {10**38}]"), "page_too_large", UNREADABLE),
    "pdf: a page in large units": pdf(partial(sized, A4, "/UserUnit 1000"), "page_too_large"),
    "pdf: a page without size": pdf(partial(sized, "[0 0 0 0]"), UNREADABLE, "page_too_large", CONVERTED),
    "pdf: a page from right to left": pdf(partial(sized, "[595 842 0 0]"), CONVERTED, contains=LINE),
    "pdf: a bomb": pdf(bomb, *TOO_MUCH, "archive_bomb", UNREADABLE),
    "pdf: a bomb packed thrice": pdf(partial(bomb, 3), *TOO_MUCH, "archive_bomb", UNREADABLE),
    "pdf: a form in itself": pdf(partial(forms, 2, 1), CONVERTED, UNREADABLE, *TOO_MUCH, methods=QUICKLY),
    "pdf: forms ten times in each other": pdf(partial(forms, 10, 9), CONVERTED, UNREADABLE, *TOO_MUCH, methods=QUICKLY),
    "pdf: forms deep in each other": pdf(partial(forms, 1, 5_000), CONVERTED, UNREADABLE, *TOO_MUCH),
    "pdf: a scanned page": pdf(scanned, *IMAGES),
    "pdf: an image of 3.6 gigapixels": pdf(large_image, *IMAGES, *TOO_MUCH, "archive_bomb"),
    "pdf: actions, programs and links": pdf(with_actions, CONVERTED, contains=LINE),
    "pdf: an outline in a circle": pdf(outline_in_a_circle, CONVERTED, contains=LINE),
    "pdf: tables of offsets in a circle": pdf(tables_in_a_circle, CONVERTED, UNREADABLE, contains=LINE),
    "pdf: deep arrays": pdf(deep_arrays, CONVERTED, UNREADABLE, contains=LINE),
    "pdf: deep states of graphics": pdf(partial(drawing, "q " * 200_000), CONVERTED, UNREADABLE),
    "pdf: 50,000 words on a page": pdf(partial(drawing, words(50_000)), CONVERTED, *TOO_MUCH, methods=QUICKLY),
    "pdf: 20,000 lines on a page": pdf(partial(drawing, rules(20_000)), CONVERTED, *TOO_MUCH),
    "pdf: 200,000 strokes on a page": pdf(partial(drawing, "0 0 m 9 9 l S " * 200_000), CONVERTED, *TOO_MUCH),
    "pdf: letters far away": pdf(partial(drawing, "BT /F 9e30 Tf 1e30 -1e30 Td (far) Tj ET"), CONVERTED),
    "pdf: characters drawn with themselves": pdf(characters_in_characters, CONVERTED, UNREADABLE, contains=LINE),
}
