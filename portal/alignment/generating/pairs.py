"""What generators take and give. Ranges are of characters (code points) in the text of a document, from 0, without the
end: `document.text[start:end]`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import Protocol


class PairKind(StrEnum):
    """What in a document a question is about."""

    SECTION = "section"
    DEFINITION = "definition"
    LIST = "list"
    TABLE = "table"
    MODEL = "model"
    """A language model chose it."""


@dataclass(frozen=True)
class Document:
    """Markdown under the name that people know it by."""

    name: str
    text: str


@dataclass(frozen=True)
class Guidance:
    """What pairs are to be like. `system_prompt` is said to who is trained, `instructions` to who writes the pairs."""

    system_prompt: str
    instructions: str


@dataclass(frozen=True)
class Pair:
    """A question, its answer, and the range of the document from which the answer was taken."""

    kind: PairKind
    question: str
    answer: str
    start: int
    end: int


@dataclass(frozen=True)
class Usage:
    """What a language model was asked: requests that it answered, and the tokens that it counted."""

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.requests + other.requests,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
        )


@dataclass(frozen=True)
class Passage:
    """A part of a document with the pairs that rest on it: `text` is `document.text[start:end]`, `headings` are those
    above it, the topmost first. `refused` pairs didn't stand the check against the text."""

    headings: tuple[str, ...]
    start: int
    end: int
    text: str
    pairs: tuple[Pair, ...]
    refused: int = 0
    usage: Usage = Usage()


def digest_of(question: str, answer: str) -> bytes:
    """16 bytes that are the same for pairs that ask and answer the same, without regard to case and spaces."""
    words = (" ".join(text.casefold().split()) for text in (question, answer))
    return blake2b("\0".join(words).encode(errors="surrogatepass"), digest_size=16).digest()


class Generator(Protocol):
    """Makes pairs. The same document and guidance give the same passages, unless a language model writes them."""

    def passages(
        self, document: Document, guidance: Guidance, *, is_cancelled: Callable[[], bool]
    ) -> Iterator[Passage]:
        """The passages of the document in its order, those without pairs left out unless the model was asked for them.

        `is_cancelled` is asked at least every half second. Raises Cancelled, GenerationFailed.
        """
        ...


class Cancelled(Exception):
    """`is_cancelled` said so."""


class GenerationFailed(Exception):
    """No pairs can be made. `fix` says what to do; `passes` whether it may be otherwise in a while."""

    def __init__(self, message: str, *, fix: str, passes: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix
        self.passes = passes
