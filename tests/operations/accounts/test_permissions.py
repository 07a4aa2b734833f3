"""Who may do what, as a table."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from portal.accounts.access import safe_next
from portal.accounts.permissions import can_change, can_see, public, reader

ME, OTHER, NOBODY = 1, 2, None


@pytest.mark.parametrize(
    ("role", "owner", "sees", "changes"),
    [
        ("admin", ME, True, True),
        ("admin", OTHER, True, True),
        ("admin", NOBODY, True, True),
        ("operator", ME, True, True),
        ("operator", OTHER, False, False),
        ("operator", NOBODY, False, False),
        ("auditor", ME, True, False),
        ("auditor", OTHER, True, False),
        ("auditor", NOBODY, True, False),
    ],
)
def test_who_sees_and_changes_what(role, owner, sees, changes) -> None:
    user = SimpleNamespace(id=ME, role=role)
    assert (can_see(user, owner), can_change(user, owner)) == (sees, changes)


def test_a_view_is_marked_once() -> None:
    with pytest.raises(TypeError, match="already says"):
        public(reader(lambda: ""))


@pytest.mark.parametrize("target", ["/", "/runs", "/runs?status=failed&page=2"])
def test_an_address_of_this_site_may_follow_the_sign_in(target) -> None:
    assert safe_next(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None,
        "",
        "runs",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/\t/evil.example",
        "/\n/evil",
    ],
)
def test_no_other_address_may(target) -> None:
    assert safe_next(target) is None
