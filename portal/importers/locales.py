"""How numbers are written in other countries, from the Unicode Consortium's data (CLDR), which Babel carries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

SPACES = "[ \u00a0\u202f]"
"""People type any of these where their locale has one."""

APOSTROPHES = "['’]"


@dataclass(frozen=True)
class Separators:
    """`decimal` stands before the fraction; `group` is a regular expression for what may stand between groups of
    digits; `form` is one for a whole number that is written so."""

    decimal: str
    group: str
    form: str


@lru_cache
def separators(locale: str) -> Separators:
    """Those of `locale`, such as "de" or "fr_CH".

    Raises ValueError when there is no such locale.
    """
    from babel import Locale, UnknownLocaleError  # loaded only where an importer has a locale
    from babel.numbers import get_decimal_symbol, get_group_symbol

    try:
        found = Locale.parse(locale)
    except (UnknownLocaleError, ValueError) as error:
        raise ValueError(f"There is no locale {locale}.") from error
    decimal, group = get_decimal_symbol(found), _group(get_group_symbol(found))
    last, others = found.decimal_formats[None].grouping
    grouped = rf"[0-9]{{1,{others}}}(?:{group}[0-9]{{{others}}})*{group}[0-9]{{{last}}}"
    form = rf"^[+\-−]?(?:{grouped}|[0-9]*)(?:{re.escape(decimal)}[0-9]*)?(?:[eE][+-]?[0-9]+)?$"
    return Separators(decimal, group, form)


def _group(symbol: str) -> str:
    if re.fullmatch(SPACES, symbol):
        return SPACES
    return APOSTROPHES if re.fullmatch(APOSTROPHES, symbol) else re.escape(symbol)
