"""A workbook made ready for its reader, which shows every sheet, and times as numbers."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, replace
from html import escape, unescape

from portal.documents.office import times
from portal.documents.office.package import Prepared

_SHEET = re.compile(rb"<(?:\w+:)?sheet\b[^<>]*>")
_HIDDEN = re.compile(rb'\bstate="(?:hidden|veryHidden)"')
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^<>]*>")
_CUSTOM_FORMAT = re.compile(rb"<(?:\w+:)?numFmt\b[^<>]*>")
_CELL_STYLES = re.compile(rb"</?(?:\w+:)?cellXfs\b")
_CELL_STYLE = re.compile(rb"<(?:\w+:)?xf\b[^<>]*>")


@dataclass(frozen=True)
class Workbook:
    """A workbook as people see it. `hidden` are the names of the sheets that were left out, `parts` the names of those
    that are there."""

    prepared: Prepared
    hidden: tuple[str, ...]
    parts: tuple[str, ...]


def seen(prepared: Prepared) -> Workbook:
    """The workbook without its hidden sheets, its times written as Excel shows them."""
    with zipfile.ZipFile(prepared.path) as archive:
        parts = [name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        book, styles = _read(archive, "xl/workbook.xml"), _time_styles(_read(archive, "xl/styles.xml"))
        hidden = [tag for tag in _SHEET.findall(book) if _HIDDEN.search(tag)]
        gone = {_target(archive, _attribute(tag, "id")) for tag in hidden}
        left = tuple(name for name in parts if name not in gone)
        if hidden or styles:
            prepared = _rewritten(archive, prepared, hidden, styles)
    return Workbook(prepared, tuple(_attribute(tag, "name") for tag in hidden), left)


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    return archive.read(name) if name in archive.namelist() else b""


def _target(archive: zipfile.ZipFile, identity: str) -> str:
    for tag in _RELATION.findall(_read(archive, "xl/_rels/workbook.xml.rels")):
        if _attribute(tag, "Id") == identity:
            target = _attribute(tag, "Target")
            return target[1:] if target.startswith("/") else f"xl/{target}"
    return ""


def _time_styles(styles: bytes) -> dict[bytes, str]:
    """The formats of times, by the numbers under which cells name them."""
    codes = times.FORMATS | {_format(tag): _attribute(tag, "formatCode") for tag in _CUSTOM_FORMAT.findall(styles)}
    _before, *cells = _CELL_STYLES.split(styles, maxsplit=2)
    numbers = map(_format, _CELL_STYLE.findall(cells[0] if cells else b""))
    found = {b"%d" % index: codes.get(number, "") for index, number in enumerate(numbers)}
    return {index: code for index, code in found.items() if times.is_time(code)}


def _format(tag: bytes) -> int:
    number = _attribute(tag, "numFmtId")
    return int(number) if number.isdecimal() and len(number) < 10 else 0


def _rewritten(archive: zipfile.ZipFile, prepared: Prepared, hidden: list[bytes], styles: dict[bytes, str]) -> Prepared:
    path = prepared.path.with_stem("seen")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as copy:
        for name in archive.namelist():
            content = archive.read(name)
            if name == "xl/workbook.xml":
                for tag in hidden:
                    content = content.replace(tag, b"", 1)
            elif styles and name.startswith("xl/worksheets/"):
                content = _with_times(content, styles)
            copy.writestr(name, content)
    return replace(prepared, path=path)


def _with_times(sheet: bytes, styles: dict[bytes, str]) -> bytes:
    """Cells that hold a number and are shown as a time become text."""
    cell = re.compile(
        rb'<c\b(?=[^<>]*\bs="(%s)")(?![^<>]*\bt="[^n])([^<>]*)>(<f\b[^<>]*(?:/>|>[^<]*</f>))?<v>(\d{1,7}(?:\.\d+)?(?:E-\d+)?)</v>'
        % b"|".join(styles)
    )

    def as_text(found: re.Match[bytes]) -> bytes:
        attributes = re.sub(rb'\bt="n"', b"", found[2])
        text = times.shown(float(found[4]), styles[found[1]])
        return b'<c%s t="str"><v>%s</v>' % (attributes, escape(text).encode())

    return cell.sub(as_text, sheet)


def _attribute(tag: bytes, name: str) -> str:
    found = re.search(rf'\s(?:\w+:)?{name}="([^"]*)"'.encode(), tag)
    return unescape(found[1].decode(errors="replace")) if found else ""
