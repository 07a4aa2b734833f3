"""Questions about commands and other code that a document gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from portal.alignment.generating.embedded.asking.actions import action_of, aim_of
from portal.alignment.generating.embedded.asking.asking import Asking
from portal.alignment.generating.embedded.asking.places import quoted
from portal.alignment.generating.embedded.vocabulary import SHELLS
from portal.alignment.generating.pairs import Pair, PairKind
from portal.alignment.generating.reading.blocks import Code

_AIM = (
    "Which {what} does {title} give to {aim}?",
    "According to {title}, which {what} do I use to {aim}?",
)
_ANNOUNCED = (
    "Which {what} does {title} give{where} after the words {lead}?",
    "In {title}, which {what} follows the words {lead}{where}?",
)
_ONLY = (
    "Which {what} does {title} give{where}?",
    "In {title}, which {what} is given{where}?",
)


def pairs_about_code(asking: Asking) -> Iterator[Pair]:
    """Each block of code that is announced, or is the only one of its section."""
    blocks = [block for block in asking.draft.blocks if isinstance(block, Code)]
    for block in blocks:
        lead = asking.lead(block)
        if lead or (len(blocks) == 1 and asking.draft.is_only):
            wordings, words = _wordings(asking, lead)
            over = (block.start, block.end)
            yield from asking.pair(PairKind.SECTION, wordings, block.text, over, what=_what(block), **words)


def _wordings(asking: Asking, lead: str) -> tuple[Sequence[str], dict[str, str]]:
    if aim := aim_of(lead) or ("" if lead else action_of(asking.place.heading)):
        return _AIM, {"aim": aim}
    return (_ANNOUNCED, {"lead": quoted(lead)}) if lead else (_ONLY, {})


def _what(block: Code) -> str:
    """Several lines of a shell are commands, whose output may stand beside them."""
    return "command" if block.language.casefold() in SHELLS and block.text.count("\n") == 2 else "code"
