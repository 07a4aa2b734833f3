"""Whether a pair that a language model wrote rests on its passage. Pure.

A model is believed nothing: the words that it quotes must be there, and the answer may hold no date, number, name, link
or denial that isn't, and few other words. What is refused may be right. What is kept may still put true words together
wrongly: that is for a person to see, who has the passage beside the pair.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from portal.alignment.generating.model.facts import NUMBER_WORDS, is_supported, numbers_in, openings_in
from portal.alignment.generating.model.words import range_of, words_of

MOST_IN_QUESTION, MOST_IN_ANSWER = 1000, 8000
"""Characters."""
LEAST_QUOTED = 3
"""Words: fewer are found anywhere."""
LEAST_SHARE = 0.6
"""Of the answer's content words must occur in the passage."""
STEM = 6
"""As many letters in common make two words forms of the same: “employee” and “employment”."""

ABOUT_THE_TEXT = re.compile(
    r"\b(?:the|this|above|given|following|provided|preceding)\s+(?:\w+\s+)?(?:passage|text|excerpt|snippet|context)\b"
    r"|\b(?:this|above|following|preceding)\s+(?:document|section|paragraph|chapter|table|list|article|page)\b"
    r"|\b(?:section|paragraph|table|list|text|passage)\s+(?:above|below)\b",
    re.IGNORECASE,
)
FUNCTION_WORDS = frozenset(
    "about above across after also although always among another around because become been before being below "  # noqa: SIM905
    "between both cannot could does doing done down during each either else every from further have having hence here "
    "however into itself just least less like made make makes many more most much must neither only onto other others "
    "over same shall should since some such than that their them themselves then there thereby therefore these they "
    "this those through thus together toward under unless until upon used using very want well were what when where "
    "whether which while whom whose will with within without would your".split()
)
SHORT_WORDS = frozenset(
    "an all and any are as at be both but by can do each for he her his how if in is it its may my no nor not of off "  # noqa: SIM905
    "on one or our out own per she so the to up us was we who why yes you".split()
)
OPENING_WORDS = FUNCTION_WORDS | SHORT_WORDS | set(NUMBER_WORDS)
"""With which a sentence may begin though they aren't in the passage."""
DENIALS = frozenset({"not", "no", "never", "none", "nobody", "nothing", "neither", "nor", "cannot", "without", "t"})
"""The last is that of “don't”."""


class Refusal(StrEnum):
    """Why a pair is left out."""

    EMPTY = "question or answer is missing"
    TOO_LONG = "question or answer is too long"
    UNREADABLE = "it holds characters that no text has"
    ABOUT_THE_TEXT = "the question speaks of the text instead of its matter"
    QUOTE_NOT_FOUND = "the words quoted aren't in the passage"
    INVENTED = "a date, number, name or link isn't in the passage"
    DENIED = "the answer denies something, and its quote doesn't"
    OTHER_WORDS = "too few words of the answer are in the passage"


@dataclass(frozen=True)
class Proposal:
    """A pair as a model wrote it: the answer rests on the `quote`."""

    question: str
    answer: str
    quote: str


def judge(proposal: Proposal, passage: str, around: str = "") -> tuple[int, int] | Refusal:
    """The range of the quote in `passage`, or why the pair is refused.

    `around` is what else is known of the passage, as the headings above it: a question or answer may name it.
    """
    if refusal := _refusal_of_form(proposal):
        return refusal
    found = _range_of_quote(proposal.quote, passage)
    if found is None:
        return Refusal.QUOTE_NOT_FOUND
    evidence = f"{around}\n{passage}"
    if not (is_supported(proposal.question, evidence) and is_supported(proposal.answer, evidence)):
        return Refusal.INVENTED
    if not _begins_as_known(proposal.answer, evidence):
        return Refusal.INVENTED
    if _denies(proposal.answer) and not _denies(proposal.quote):
        return Refusal.DENIED
    return found if share_of_words(proposal.answer, evidence) >= LEAST_SHARE else Refusal.OTHER_WORDS


def share_of_words(answer: str, evidence: str) -> float:
    """Which part, from 0 to 1, of the answer's content words occurs in `evidence`, in whatever form.

    One that has none says something only by its numbers, and else nothing.
    """
    stems = _stems_of(answer)
    if not stems:
        return float(bool(numbers_in(answer)))
    known = _stems_of(evidence)
    return sum(stem in known for stem in stems) / len(stems)


def sameness_of(question: str) -> str:
    """The same for questions that differ by case, spaces, markup and signs only."""
    return " ".join(word.key for word in words_of(question))


def _refusal_of_form(proposal: Proposal) -> Refusal | None:
    question, answer = proposal.question, proposal.answer
    if len(question) > MOST_IN_QUESTION or len(answer) > MOST_IN_ANSWER:
        return Refusal.TOO_LONG  # first, since what follows takes the longer the more there is
    if not words_of(question) or not words_of(answer):
        return Refusal.EMPTY
    if not _is_text(question) or not _is_text(answer):
        return Refusal.UNREADABLE
    return Refusal.ABOUT_THE_TEXT if ABOUT_THE_TEXT.search(question) else None


def _range_of_quote(quote: str, passage: str) -> tuple[int, int] | None:
    if len(quote) > 2 * len(passage) or len(words_of(quote)) < LEAST_QUOTED:
        return None
    return range_of(quote, passage)


def _is_text(text: str) -> bool:
    """JSON can name what no database keeps: control characters and halves of characters."""
    return all(character in "\n\t" or unicodedata.category(character) not in ("Cc", "Cs") for character in text)


def _begins_as_known(answer: str, evidence: str) -> bool:
    """Whether every word with which a sentence begins, which could be a name, occurs in `evidence` in some form."""
    known = {word.key[:STEM] for word in words_of(evidence)}
    return all(key[:STEM] in known for key in openings_in(answer) - OPENING_WORDS)


def _denies(text: str) -> bool:
    return any(word.key in DENIALS for word in words_of(text))


def _stems_of(text: str) -> set[str]:
    keys = {word.key for word in words_of(text)}
    return {key[:STEM] for key in keys if _has_content(key)}


def _has_content(key: str) -> bool:
    if any(character.isdigit() for character in key) or key in FUNCTION_WORDS:
        return False
    return len(key) > 3 or ord(key[0]) >= 0x0E00
