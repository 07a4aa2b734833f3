"""Compressed files, and what is wrong with them."""

import gzip
import io
import zipfile

import pytest

from portal.reading import NotYetKnown, UnreadableFile, inspect, read
from portal.reading.packed.unpacked import Unpacked
from portal.reading.signatures import GZIP
from tests.support.tables import PACKINGS, csv, xlsx, zipped

TABLE = csv(["a", "b"], [[f"{number}", "x" * 50] for number in range(20_000)])


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        inspect(io.BytesIO(data))
    assert caught.value.fix.endswith(".")
    return caught.value.message


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_file_that_is_cut_off_is_refused_before_its_first_row(packing: str) -> None:
    packed = PACKINGS[packing](TABLE)
    message = refusal(packed[: len(packed) // 2])
    what = "ZIP archive" if packing == "ZIP" else f"{packing} file"
    assert message.startswith(f"The {what} is damaged or cut off: ")


@pytest.mark.parametrize("packing", PACKINGS)
def test_damage_is_told(packing: str) -> None:
    packed = bytearray(PACKINGS[packing](TABLE))
    packed[200:220] = bytes(20)
    assert f"{packing} file is damaged or cut off" in refusal(bytes(packed))


@pytest.mark.parametrize("packing", ["gzip", "bzip2", "xz", "Zstandard"])
def test_several_streams_in_one_file_are_one_text(packing: str) -> None:
    half = len(TABLE) // 2
    data = PACKINGS[packing](TABLE[:half]) + PACKINGS[packing](TABLE[half:])
    layout = inspect(io.BytesIO(data))
    assert sum(piece.rows.height for piece in read(io.BytesIO(data), layout)) == 20_000


@pytest.mark.parametrize("outer", PACKINGS)
@pytest.mark.parametrize("inner", PACKINGS)
def test_nested_archives_are_refused(outer: str, inner: str) -> None:
    article = "a ZIP archive" if inner == "ZIP" else f"a{'n' if inner == 'xz' else ''} {inner}-compressed file"
    assert refusal(PACKINGS[outer](PACKINGS[inner](TABLE))) == f"Inside the compressed file is {article}."


def test_a_tar_archive_inside_is_refused() -> None:
    tar = b"a.csv".ljust(257, b"\0") + b"ustar\0" + bytes(1000)
    assert refusal(gzip.compress(tar)) == "Inside the compressed file is a tar archive."


def test_an_empty_file_inside() -> None:
    assert refusal(gzip.compress(b"")) == "The file is empty."


def test_the_only_table_of_an_archive_is_found() -> None:
    clutter = {"__MACOSX/._a.csv": "x", "folder/.DS_Store": "x", "folder/": "", "README.txt": "Read me."}
    data = zipped({**clutter, "folder/a.CSV": TABLE})
    assert inspect(io.BytesIO(data)).text == "ZIP, “folder/a.CSV”, CSV, UTF-8, comma, 2 columns"


def test_archives_without_one_table() -> None:
    two = zipped({"a.csv": TABLE, "b.xlsx": "x", "c.txt": "x"})
    assert refusal(two) == "The ZIP archive holds 2 files, not one table: “a.csv”, “b.xlsx”."
    none = zipped({f"{number}.txt": "x" for number in range(12)})
    assert refusal(none).endswith("not one table: " + ", ".join(f"“{n}.txt”" for n in range(10)) + " and 2 more.")
    assert refusal(zipped({"folder/": ""})) == "The ZIP archive is empty."


def test_archives_packed_in_another_way() -> None:
    message = "The ZIP archive is damaged or cut off: its table is packed in a way other than Deflate."
    assert refusal(zipped({"a.csv": TABLE}, zipfile.ZIP_LZMA)) == message


def test_a_protected_archive() -> None:
    data = bytearray(zipped({"a.csv": TABLE}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    assert refusal(bytes(data)) == "The ZIP archive is protected by a password."


def test_reading_again_begins_anew() -> None:
    unpacked = Unpacked(io.BytesIO(gzip.compress(TABLE)), GZIP)
    assert (unpacked.read(5), unpacked.read(0), unpacked.read(7)) == (TABLE[:5], b"", TABLE[5:12])
    unpacked.seek(0)
    assert unpacked.read() == TABLE
    assert unpacked.read(1) == b""
    with pytest.raises(ValueError, match="beginning"):
        unpacked.seek(3)


def test_a_check_does_not_convert_what_is_packed() -> None:
    with pytest.raises(NotYetKnown):
        inspect(io.BytesIO(gzip.compress(xlsx(["a"], [["1"]]))), checking=True)


def test_a_store_that_fails_is_not_the_files_fault() -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() > 100:
                raise OSError(5, "Input/output error")
            return super().read(size)

    with pytest.raises(OSError, match="Input/output error"):
        Unpacked(Failing(gzip.compress(TABLE)), GZIP).read()
