"""Words and sentences for documents that say nothing in particular."""

from __future__ import annotations

from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


THEMES = {
    "water": _words(
        "reservoir pump valve basin canal sluice pipeline meter inlet outlet filter aquifer spillway gauge culvert"
    ),
    "rail": _words(
        "carriage signal platform junction siding locomotive sleeper timetable depot gantry switch viaduct bogie tunnel"
    ),
    "library": _words(
        "catalogue shelf folio archive reader binding manuscript index loan register bookplate volume atlas print"
    ),
    "orchard": _words(
        "orchard graft rootstock harvest blossom trellis seedling hedge crate press cellar pruning cultivar soil"
    ),
    "harbour": _words(
        "quay crane mooring ferry buoy container pilot tide breakwater dredger berth manifest lighthouse cargo"
    ),
    "kitchen": _words(
        "oven ladle recipe pantry dough stock kettle menu counter spice tray skillet larder café purée sauce"
    ),
    "survey": _words(
        "theodolite benchmark contour parcel boundary triangle elevation sheet plot marker azimuth chain legend grid"
    ),
    "museum": _words(
        "gallery exhibit vitrine curator plinth restoration collection label annex donor façade inventory tour loan"
    ),
}
COMMON = _words(
    "report schedule budget measure team district supplier record procedure season inspection office request result"
    " plan sample notice permit agreement standard summary estimate committee visitor method account reserve change"
)
ADJECTIVES = _words(
    "annual northern reliable gradual temporary narrow public early seasonal modest precise regional careful shallow"
    " remote quiet frequent broad steady partial recent minor central older local heavy combined naïve shared idle"
    " visible separate ordinary damp formal hollow crowded spare mutual brisk"
)
VERBS = _words(
    "supports replaces follows limits describes precedes exceeds requires delays shortens confirms covers improves"
    " resembles crosses shapes joins reduces extends outlasts balances reveals surrounds records"
)
PAST = _words(
    "inspected repaired extended measured postponed reviewed moved counted approved drained painted tested closed"
    " renumbered photographed insured labelled reopened"
)
ADVERBS = _words("slowly rarely twice usually again later together quietly nearly fully soon nowhere locally")
PLACES = _words("Zürich Porto Tallinn Graz Bergen Brno Málaga Ghent Oulu Trieste Aarhus Nantes")
MONTHS = _words("January February March April May June July August September October November December")
NUMBERS = {"small": (2, 30), "number": (31, 99), "sum": (100, 999), "year": (1950, 2025)}

SENTENCES = (
    "The {a} {n} {v} the {c}, and the {n} was {p} {d}.",
    "In {place}, a {a} {n} {v} every {c} of the {n}.",
    "By {month} {year} the {n} had been {p}, although the {a} {c} remained.",
    "Each {c} names the {n}, its {a} {n} and the {c} that {v} it.",
    "About {number} of the {sum} {n}s were {p} {d}.",
    "Where the {n} {v} the {c}, a {a} {c} is {p} within {small} days.",
    "Nobody had {p} the {a} {n} since {month}; the {c} {v} that {n}.",
    "It costs {number} crowns – {small} % more than the {a} {c} of {year} – and {v} two {n}s.",
    "The {c} (see the {a} {n}) {v} whatever the {n} in {place} leaves behind.",
    "“A {a} {c} {v} a {n}” was {p} on the {n} itself.",
    "First the {n}, then the {a} {n}, and {d} the whole {c} was {p}.",
    "Unless the {c} is {p}, the {n} {v} no {a} {n} at all.",
)
LABELS = (
    "{A} {n}",
    "{A} {n} and {c}",
    "On the {n}",
    "{N}s in {place}",
    "The {a} {c}",
    "{C} of the {n}",
    "How a {n} is {p}",
    "{N} and {n}",
)


class Voice(dict[str, str]):
    """Speaks of one theme; all that it says follows from `chance`. As a mapping it draws what a template asks for."""

    def __init__(self, chance: Random) -> None:
        super().__init__()
        self._chance = chance
        self._nouns = THEMES[chance.choice(sorted(THEMES))]

    def sentence(self) -> str:
        return self._said(SENTENCES)

    def sentences(self, least: int, most: int) -> str:
        return " ".join(self.sentence() for _ in range(self._chance.randint(least, most)))

    def label(self) -> str:
        """A few words, as for a heading."""
        return self._said(LABELS)

    def words(self, least: int, most: int) -> str:
        """That many words, the first one with a capital letter."""
        count = self._chance.randint(least, most)
        return _capital(" ".join(self._chance.choice((*self._nouns, *COMMON, *ADJECTIVES)) for _ in range(count)))

    def __missing__(self, field: str) -> str:
        lists = {"n": self._nouns, "c": COMMON, "a": ADJECTIVES, "v": VERBS, "p": PAST, "d": ADVERBS}
        if words := lists.get(field.lower()):
            word = self._chance.choice(words)
            return word if field.islower() else _capital(word)
        if field in NUMBERS:
            return str(self._chance.randint(*NUMBERS[field]))
        return self._chance.choice(PLACES if field == "place" else MONTHS)

    def _said(self, templates: tuple[str, ...]) -> str:
        return _capital(self._chance.choice(templates).format_map(self))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
