"""Hostile DOCX and PPTX files."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

from portal.documents.kinds import Kind
from tests.support.hostile.bombs import GIB, MIB, Archive, Repeated
from tests.support.hostile.document import CONVERTED, Hostile, hostile, random_bytes

TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

BEGINNING = f'<w:document xmlns:w="{WORD}" xmlns:r="{OFFICE_RELATIONS}"><w:body>'
END = "</w:body></w:document>"
PARAGRAPH = "<w:p><w:r><w:t>Some words of a document.</w:t></w:r></w:p>"

LAUGHS = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
ENTITY_BOMB = f'<!DOCTYPE x [<!ENTITY l0 "laugh">{LAUGHS}]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY outside SYSTEM "file:///etc/passwd">]>'

Part = tuple[str, "str | bytes | Repeated"]


def package(kind: str, main: str, *parts: Part, types: str = "", relations: str = "") -> bytes:
    """An Office file: `main` is the name of its main part, of the kind that its type is called by; `types` and
    `relations` are more entries of its lists."""
    archive = Archive()
    content_type = f"application/vnd.openxmlformats-officedocument.{kind}.main+xml"
    for name, content in (
        (
            "[Content_Types].xml",
            f'{DECLARATION}<Types xmlns="{TYPES}"><Default Extension="xml" ContentType="application/xml"/><Default'
            ' Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/{main}" ContentType="{content_type}"/>{types}</Types>',
        ),
        (
            "_rels/.rels",
            f'{DECLARATION}<Relationships xmlns="{RELATIONS}"><Relationship Id="rId1"'
            f' Type="{OFFICE_RELATIONS}/officeDocument" Target="{main}"/>{relations}</Relationships>',
        ),
        *parts,
    ):
        archive.add(name, content.encode() if isinstance(content, str) else content)
    return archive.content()


def docx(*parts: Part, body: str = PARAGRAPH, before: str = "", types: str = "") -> bytes:
    """A DOCX file with that body; `before` stands before its first element."""
    main = ("word/document.xml", DECLARATION + before + BEGINNING + body + END)
    return package("wordprocessingml.document", "word/document.xml", main, *parts, types=types)


def long_docx(size: int) -> bytes:
    """`size` bytes of paragraphs."""
    piece = PARAGRAPH.encode() * (MIB // len(PARAGRAPH))
    main = Repeated(piece, size // len(piece), head=(DECLARATION + BEGINNING).encode(), tail=END.encode())
    return package("wordprocessingml.document", "word/document.xml", ("word/document.xml", main))


def media_docx(size: int) -> bytes:
    """A short text with an image of `size` bytes."""
    return docx(("word/media/image1.png", Repeated(bytes(MIB), size // MIB, head=b"\x89PNG\r\n\x1a\n")))


def nested(tag: str, depth: int) -> str:
    return f"<w:{tag}>" * depth + PARAGRAPH + f"</w:{tag}>" * depth


def nested_tables(depth: int) -> str:
    return "<w:tbl><w:tr><w:tc>" * depth + PARAGRAPH + f"</w:tc></w:tr></w:tbl>{PARAGRAPH}" * depth


def understated() -> bytes:
    """A part of 256 MiB that claims to be of a kilobyte."""
    archive = Archive()
    archive.add("[Content_Types].xml", f'<Types xmlns="{TYPES}"/>'.encode())
    archive.add("word/document.xml", Repeated(bytes(MIB), 256, head=BEGINNING.encode()), claimed=1024)
    return archive.content()


def overlapping() -> bytes:
    """10,000 names for one part of 16 MiB."""
    archive = Archive()
    archive.add("[Content_Types].xml", f'<Types xmlns="{TYPES}"/>'.encode())
    archive.add("word/document.xml", Repeated(bytes(MIB), 16))
    archive.list_again("word/media/image", 10_000)
    return archive.content()


def crowded() -> bytes:
    """60,000 parts."""
    archive = Archive()
    archive.add("word/media/image", b"")
    archive.list_again("word/media/image", 60_000)
    return archive.content()


def in_each_other(depth: int = 12) -> bytes:
    """Documents that hold each other ten times, in place of media."""
    content = docx(("word/media/image.zip", Repeated(bytes(MIB), 16)))
    for _ in range(depth):
        content = docx(*((f"word/media/{number}.docx", content) for number in range(2)))
    return content


def encrypted_parts() -> bytes:
    archive = Archive()
    for name in ("[Content_Types].xml", "word/document.xml"):
        archive.add(name, b"what a password protects", flags=1)
    return archive.content()


def climbing() -> bytes:
    """Parts whose names lead out of the folder that they are unpacked into."""
    return docx(("../../../../tmp/climbed", "x"), ("/climbed", "x"))


def macros_only() -> bytes:
    vba = '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    return docx(("word/vbaProject.bin", random_bytes(size=5000)), body="<w:p/>", types=vba)


def pictures_from_outside() -> bytes:
    """An image and a template that are to be got from an address."""
    outside = ("image", "http://127.0.0.1:9/a.png"), ("attachedTemplate", "file:///etc/passwd")
    relations = "".join(
        f'<Relationship Id="r{number}" Type="{OFFICE_RELATIONS}/{name}" Target="{target}" TargetMode="External"/>'
        for number, (name, target) in enumerate(outside)
    )
    listed = f'{DECLARATION}<Relationships xmlns="{RELATIONS}">{relations}</Relationships>'
    return docx(("word/_rels/document.xml.rels", listed))


def truncated(share: float) -> bytes:
    content = docx(body=PARAGRAPH * 500)
    return content[: int(len(content) * share)]


def flipped(seed: int) -> bytes:
    chance = random.Random(seed)
    content = bytearray(docx(*((f"word/media/{number}", chance.randbytes(500)) for number in range(9))))
    for _ in range(20):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    return bytes(content)


def presentation(size: int = 0) -> bytes:
    """Without slides; with `size`, its main part is as large as that."""
    head = f'{DECLARATION}<p:presentation xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main">'
    main = Repeated(b" " * MIB, size // MIB, head=head.encode(), tail=b"</p:presentation>")
    return package("presentationml.presentation", "ppt/presentation.xml", ("ppt/presentation.xml", main))


def word(make: Callable[[], bytes], *outcomes: str) -> Hostile:
    return hostile(make, Kind.DOCX, *outcomes, contains="Some words of a document.")


DAMAGED, BOMB = "office_damaged", "archive_bomb"
NO_TEXT = ("empty", "no_text")
TOO_MUCH = ("too_long", "too_slow", "too_much_memory")

DOCUMENTS = {
    "docx: empty": word(bytes, "empty"),
    "docx: without text": word(partial(docx, body="<w:p/>"), *NO_TEXT),
    "docx: random bytes": word(random_bytes, DAMAGED),
    "docx: a PDF by that name": word(partial(bytes, b"%PDF-1.7\n" + bytes(1000)), DAMAGED),
    "docx: an archive of something else": word(Archive().content, DAMAGED, *NO_TEXT),
    "docx: a presentation by that name": word(presentation, DAMAGED, *NO_TEXT),
    **{f"docx: truncated to {share:.0%}": word(partial(truncated, share), DAMAGED) for share in (0.05, 0.5, 0.98)},
    **{f"docx: flipped bits, {seed}": word(partial(flipped, seed), DAMAGED, CONVERTED) for seed in range(4)},
    "docx: encrypted parts": word(encrypted_parts, DAMAGED, "office_locked"),
    "docx: macros only": word(macros_only, "macros_only"),
    "docx: 1 GiB of paragraphs": word(partial(long_docx, GIB), BOMB, "too_long"),
    "docx: 4 GiB of paragraphs": word(partial(long_docx, 4 * GIB - 8 * MIB), BOMB, "too_long"),
    "docx: an image of 1 GiB": word(partial(media_docx, GIB), BOMB, CONVERTED),
    "docx: an image of 4 GiB": word(partial(media_docx, 4 * GIB - 8 * MIB), BOMB, CONVERTED),
    "docx: a part that understates its size": word(understated, BOMB, DAMAGED, *TOO_MUCH),
    "docx: parts that overlap": word(overlapping, BOMB, DAMAGED, *NO_TEXT),
    "docx: 60,000 parts": word(crowded, BOMB, DAMAGED, *NO_TEXT, "too_long"),
    "docx: archives in archives": word(in_each_other, BOMB, CONVERTED),
    "docx: parts with climbing names": word(climbing, DAMAGED, CONVERTED),
    "docx: deep elements": word(partial(docx, body=nested("sdt", 200_000)), DAMAGED, "malformed", CONVERTED, *TOO_MUCH),
    "docx: deep tables": word(
        partial(docx, body=nested_tables(3_000)), DAMAGED, "malformed", CONVERTED, *TOO_MUCH, *NO_TEXT
    ),
    "docx: a word of 3 MiB": word(
        partial(docx, body=PARAGRAPH + PARAGRAPH.replace("words", "w" * 3 * MIB)), CONVERTED, BOMB, *TOO_MUCH
    ),
    "docx: an entity bomb": word(
        partial(docx, before=ENTITY_BOMB, body=PARAGRAPH.replace("words", "&l9;")), DAMAGED, "malformed", BOMB
    ),
    "docx: an entity from outside": word(
        partial(docx, before=OUTSIDE, body=PARAGRAPH.replace("words", "&outside;")), DAMAGED, "malformed"
    ),
    "docx: pictures from outside": word(pictures_from_outside, CONVERTED),
    "pptx: without slides": hostile(presentation, Kind.PPTX, *NO_TEXT, DAMAGED),
    "pptx: 2 GiB": hostile(partial(presentation, 2 * GIB), Kind.PPTX, BOMB, "too_long"),
}
