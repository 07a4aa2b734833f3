"""What a language model's work costs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from portal.alignment.generating.costs import Prices, cost_of, in_dollars

PRICES = Prices(Decimal("0.15"), Decimal("0.60"))


@pytest.mark.parametrize(
    ("tokens", "cost", "shown"),
    [
        ((0, 0), "0", "$0.00"),
        ((1_000_000, 0), "0.15", "$0.15"),
        ((2_000_000, 1_000_000), "0.9", "$0.90"),
        ((1000, 10), "0.000156", "less than $0.01"),
        ((10**10, 10**9), "2100", "$2,100.00"),
    ],
)
def test_tokens_cost_what_was_agreed(tokens: tuple[int, int], cost: str, shown: str) -> None:
    found = cost_of(*tokens, PRICES)
    assert found == Decimal(cost)
    assert in_dollars(found) == shown


def test_without_prices_no_cost_is_known() -> None:
    assert cost_of(1000, 1000, None) is None
