"""Which part of a list is shown."""

from __future__ import annotations

import pytest

from portal.web.paging import Page


@pytest.mark.parametrize(
    ("page", "total", "expected"),
    [
        (1, 0, (1, False, False, 0, 0)),
        (1, 10, (1, False, False, 1, 10)),
        (1, 11, (2, False, True, 1, 10)),
        (2, 11, (2, True, False, 11, 11)),
        (2, 30, (3, True, True, 11, 20)),
    ],
)
def test_a_page_knows_its_neighbours(page: int, total: int, expected) -> None:
    shown = Page([], page, 10, total)
    assert (shown.pages, shown.has_prev, shown.has_next, shown.first_row, shown.last_row) == expected


def test_neighbours_keep_the_filters_of_the_address(app) -> None:
    with app.test_request_context("/runs/?status=failed&page=2"):
        shown = Page([], 2, 10, 30)
        assert shown.next_url == "/runs/?status=failed&page=3"
        assert shown.prev_url == "/runs/?status=failed&page=1"
