"""The unread part of a JSON text, and where its values end."""

import codecs
import re
from collections.abc import Iterator

BLANKS = re.compile(r"[ \t\r\n]*+")
IN_STRING = re.compile(r'[^"\\]*+')
STRUCTURE = re.compile(r'["\[\]{},]')
CLOSERS = {"[": "]", "{": "}"}
DEEPEST = 10_000


class Broken(Exception):
    """Brackets that don't match: nobody can tell where the value ends."""


class Text:
    """`data[start:]` is unread; `position` is where `start` is in the whole text, in characters from 0.

    Bytes that aren't UTF-8 become lone surrogates, as valid text never has them.
    """

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self.data = ""
        self.start = 0
        self.position = 0
        self.at_end = False

    @property
    def available(self) -> int:
        return len(self.data) - self.start

    def more(self) -> bool:
        """Hold another chunk; False when there is none."""
        chunk = next(self._chunks, None)
        added = self._decoder.decode(chunk or b"", final=chunk is None)
        self.data = self.data[self.start :] + added
        self.start = 0
        self.at_end = chunk is None
        return not self.at_end

    def take(self, size: int) -> str:
        """Step over `size` characters that are held; gives them."""
        taken = self.data[self.start : self.start + size]
        self.start += size
        self.position += size
        return taken

    def peek(self) -> str:
        """The next character that isn't white space, now at `start`; "" at the end."""
        while True:
            blanks = BLANKS.match(self.data, self.start)
            self.take(blanks.end() - self.start if blanks else 0)
            if self.available:
                return self.data[self.start]
            if self.at_end or (not self.more() and not self.available):
                return ""


class ValueEnd:
    """Finds the end of one value inside an array or object, in text that comes in parts."""

    def __init__(self) -> None:
        self._closers: list[str] = []
        self._in_string = self._escaped = False
        self.values = 1

    def find(self, data: str, position: int) -> int | None:
        """Where the value ends in `data`, of which all before `position` was seen; None if further on.

        Raises Broken.
        """
        while True:
            if self._in_string:
                position = self._string_end(data, position)
            if position >= len(data):
                return None
            mark = STRUCTURE.search(data, position)
            if mark is None:
                return None
            if mark[0] in "]},":
                if not self._closers:
                    return mark.start()
                self._close(mark[0])
            elif mark[0] == '"':
                self._in_string = True
            else:
                self._open(mark[0])
            position = mark.end()

    def _open(self, bracket: str) -> None:
        self.values += 1
        self._closers.append(CLOSERS[bracket])
        if len(self._closers) > DEEPEST:
            raise Broken(f"it is nested more than {DEEPEST:,} levels deep")

    def _close(self, mark: str) -> None:
        if mark == ",":
            self.values += 1
        elif self._closers.pop() != mark:
            raise Broken(f"a bracket is closed by “{mark}” that was opened by another")

    def _string_end(self, data: str, position: int) -> int:
        """Behind the closing quotation mark; the length of `data` where that is further on."""
        if self._escaped and position < len(data):
            position, self._escaped = position + 1, False
        while position < len(data):
            inside = IN_STRING.match(data, position)
            position = inside.end() if inside else position
            if data[position : position + 1] == '"':
                self._in_string = False
                return position + 1
            if data[position : position + 1] == "\\":
                self._escaped = position + 1 == len(data)
                position += 2
        return len(data)
