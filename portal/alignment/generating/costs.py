"""What a language model's work costs. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

MILLION = 1_000_000
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Prices:
    """US dollars for a million tokens that the model reads (`input`) and writes (`output`)."""

    input: Decimal
    output: Decimal


def cost_of(input_tokens: int, output_tokens: int, prices: Prices | None) -> Decimal | None:
    """US dollars, not rounded; None where prices aren't known."""
    if prices is None:
        return None
    return (input_tokens * prices.input + output_tokens * prices.output) / MILLION


def in_dollars(cost: Decimal) -> str:
    """For people: `$1,234.50`."""
    return "less than $0.01" if 0 < cost < CENT else f"${cost:,.2f}"
