"""Finds out what a file is and how its table is written, or what is wrong with it as a whole."""

import io
from dataclasses import dataclass

from portal.importers.formats import Delimited, Format, Json, JsonLines, Parquet, Workbook
from portal.reading import encodings, problems, signatures
from portal.reading.binary import Binary, local_copy
from portal.reading.converted.layout import inspect_converted
from portal.reading.delimited.inspection import inspect_delimited
from portal.reading.jsontext.layout import inspect_json
from portal.reading.jsontext.objects import decoded_at
from portal.reading.layouts import Layout
from portal.reading.limits import CHECKED_BYTES
from portal.reading.packed.archives import the_table_in
from portal.reading.packed.layout import PackedLayout
from portal.reading.packed.unpacked import Unpacked
from portal.reading.signatures import Kind

WANTED: dict[type[Format], str] = {
    Delimited: "a delimited text",
    Json: "a JSON document",
    JsonLines: "a file of JSON Lines",
    Workbook: "a workbook",
    Parquet: "a Parquet file",
}


def inspect(
    source: Binary, format: Format | None = None, *, sample_bytes: int = 1 << 20, checking: bool = False
) -> Layout:
    """How the file is written. What `format` doesn't set is found out: the kind of file by its content, a text's
    dialect by its first `sample_bytes`, its encoding and the names in JSON by all of it.

    While `checking`, a person waits: no more is read than `limits` say, and reading may find out more.

    Raises UnreadableFile where there is no table to read; NotYetKnown where a check can't tell.
    """
    return _Inspection(format, sample_bytes, checking).of_file(source)


@dataclass(frozen=True)
class _Inspection:
    format: Format | None
    sample_bytes: int
    checking: bool

    def of_file(self, source: Binary) -> Layout:
        head = self._head(source)
        kind = signatures.binary_kind(source, head)
        if kind is None or kind not in signatures.PACKED:
            return self._of_table(source, head, kind)
        member = the_table_in(source).name if kind is signatures.ZIP else None
        return PackedLayout(kind, member, self._of_packed(Unpacked(source, kind)))

    def _head(self, source: Binary) -> bytes:
        source.seek(0)
        head = source.read(self.sample_bytes)
        if not head.strip():
            raise problems.empty()
        return head

    def _of_packed(self, source: Binary) -> Layout:
        head = self._head(source)
        if not head.startswith(b"PK"):
            return self._of_unpacked(source, head)
        if self.checking:
            raise problems.NotYetKnown
        with local_copy(source) as copy:  # the list of contents of such a file stands at its end
            return self._of_unpacked(copy, head)

    def _of_unpacked(self, source: Binary, head: bytes) -> Layout:
        kind = signatures.binary_kind(source, head)
        if kind in (*signatures.PACKED, signatures.ARCHIVE, signatures.TAR):
            raise problems.nested(kind.is_a)
        if kind and self.checking:
            raise problems.NotYetKnown
        return self._of_table(source, head, kind)

    def _of_table(self, source: Binary, head: bytes, kind: Kind | None) -> Layout:
        if kind is None:
            return self._of_text(source, head)
        default = Parquet() if kind is signatures.PARQUET else Workbook()
        if kind not in (signatures.PARQUET, *signatures.WORKBOOKS):
            raise kind.refusal()
        if self.format and not isinstance(self.format, type(default)):
            raise problems.other_format(kind.is_a, WANTED[type(self.format)])
        format = self.format if isinstance(self.format, Workbook | Parquet) else default
        return inspect_converted(source, kind, format, checking=self.checking)

    def _of_text(self, source: Binary, head: bytes) -> Layout:
        if isinstance(self.format, Workbook | Parquet):
            raise problems.other_format("no such file", WANTED[type(self.format)])
        source, cut = _beginning(source) if self.checking else (source, False)
        encoding = self._encoding(source, head, cut=cut)
        format = self._text_format(next(encodings.utf8_chunks(source, encoding, "\n", self.sample_bytes), b""))
        if isinstance(format, Delimited):
            return inspect_delimited(source, encoding, format, sample_bytes=self.sample_bytes, cut=cut)
        if cut:
            raise problems.NotYetKnown  # any of its objects may bring a name
        return inspect_json(source, encoding, format)

    def _encoding(self, source: Binary, head: bytes, *, cut: bool) -> str:
        if isinstance(self.format, Delimited) and self.format.encoding:
            return encodings.named(source, self.format.encoding)
        return encodings.detect(source, head, cut=cut)

    def _text_format(self, text: bytes) -> Delimited | Json | JsonLines:
        """The format of the text that begins with `text`."""
        markup = signatures.markup_kind(text)
        if markup in (signatures.HTML, signatures.XML):
            raise markup.refusal()
        if isinstance(self.format, Delimited | Json | JsonLines):
            return self.format
        return _json_format(text) if markup else Delimited()


def _beginning(source: Binary) -> tuple[Binary, bool]:
    """The beginning of a text that is looked at while a person waits, whole lines of it; whether there is more."""
    source.seek(0)
    text = source.read(CHECKED_BYTES + 1)
    if len(text) <= CHECKED_BYTES:
        return io.BytesIO(text), False
    return io.BytesIO(text[: text.rfind(b"\n", 0, CHECKED_BYTES) + 1 or CHECKED_BYTES]), True


def _json_format(text: bytes) -> Json | JsonLines:
    """The format of the JSON that begins with `text`: lines where the first of them is an object."""
    first, _, others = text.lstrip().partition(b"\n")
    found = decoded_at(first.decode("utf-8", "replace"), 0) if first.startswith(b"{") else None
    if found is None or (not others.strip() and _holds_rows(found[0])):
        return Json()
    return JsonLines()


def _holds_rows(document: dict[str, object]) -> bool:
    return any(isinstance(value, list) and value and isinstance(value[0], dict) for value in document.values())
