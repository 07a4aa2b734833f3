"""Accounts, their roles and passwords."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import select

from config import Config
from portal.accounts import operations
from portal.accounts.models import Role, User
from portal.accounts.operations.passwords import hash_password
from portal.errors import BadInput, NotFound, PortalError, WrongState
from portal.extensions import db
from portal.timeline import events_of
from tests.support.at_once import at_once

BOSS = SimpleNamespace(id=None, email="boss@example.com")
GOOD = "correct horse battery"


@pytest.fixture(autouse=True)
def context(app):
    with app.app_context():
        yield


def test_the_address_is_one_whatever_its_case() -> None:
    user = operations.create_user(" Ann@Example.COM ", "operator", actor=BOSS)
    assert user.email == "ann@example.com"
    assert operations.user_by_email("ANN@example.com") is user
    with pytest.raises(BadInput) as refused:
        operations.create_user("aNN@example.com", "admin", actor=BOSS)
    assert refused.value.errors == {"email": ["There is already an account for ann@example.com."]}


@pytest.mark.parametrize("email", ["", "ann", "ann@", "@example.com", "a b@example.com", "ann@example.com\nx"])
def test_an_address_must_be_one(email) -> None:
    with pytest.raises(BadInput) as refused:
        operations.create_user(email, "operator", actor=BOSS)
    assert "email" in refused.value.errors


@pytest.mark.parametrize("email", ["admin@localhost", "admin@portal.local", "ann@plant-7.internal"])
def test_an_address_of_a_private_network_is_fine(email) -> None:
    assert operations.create_user(email, "operator", actor=BOSS).email == email


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(BadInput, match="choose one of admin, operator, auditor"):
        operations.create_user("ann@example.com", "owner", actor=BOSS)


@pytest.mark.parametrize(
    ("password", "why"),
    [("short", "at least 10"), ("x" * 1001, "at most 1,000"), ("Ann@Example.com ", "other than your email")],
)
def test_a_bad_password_is_refused_with_the_reason(password, why) -> None:
    with pytest.raises(BadInput, match=why) as refused:
        operations.create_user("ann@example.com", "operator", password=password, actor=BOSS)
    assert list(refused.value.errors) == ["password"]
    assert db.session.scalars(select(User)).all() == []


def test_passwords_are_kept_as_scrypt_hashes() -> None:
    user = operations.create_user("ann@example.com", "operator", password=GOOD, actor=BOSS)
    assert user.password_hash.startswith("scrypt:")
    assert GOOD not in user.password_hash


def test_passwords_are_costly_to_guess(make_app: Callable[..., Flask]) -> None:
    with make_app(hash_method=Config.hash_method).app_context():
        cost, blocks, _parallel = hash_password(GOOD, "ann@example.com").split("$")[0].split(":")[1:]
    assert (int(cost), int(blocks)) >= (2**15, 8)


def test_a_change_of_password_needs_the_current_one_and_ends_sessions() -> None:
    user = operations.create_user("ann@example.com", "operator", password=GOOD, actor=BOSS)
    before = user.get_id()
    with pytest.raises(BadInput) as refused:
        operations.change_password(user.id, "another good one", current="wrong", actor=user)
    assert list(refused.value.errors) == ["current"]
    assert user.get_id() == before
    operations.change_password(user.id, "another good one", current=GOOD, actor=user)
    assert user.get_id() != before
    assert operations.sign_in_with_password("ann@example.com", GOOD) is None
    assert operations.sign_in_with_password("ANN@example.com ", "another good one") is user


def test_a_first_password_needs_no_current_one() -> None:
    user = operations.create_user("ann@example.com", "operator", actor=BOSS)
    assert operations.sign_in_with_password("ann@example.com", "") is None
    operations.change_password(user.id, GOOD, current=None, actor=user)
    assert operations.sign_in_with_password("ann@example.com", GOOD) is user


def test_a_deactivated_account_cannot_sign_in_until_it_is_reactivated() -> None:
    user = operations.create_user("ann@example.com", "operator", password=GOOD, actor=BOSS)
    before = user.get_id()
    operations.deactivate_user(user.id, actor=BOSS)
    assert user.get_id() != before
    assert operations.sign_in_with_password(user.email, GOOD) is None
    with pytest.raises(WrongState):
        operations.deactivate_user(user.id, actor=BOSS)
    operations.reactivate_user(user.id, actor=BOSS)
    assert operations.sign_in_with_password(user.email, GOOD) is user
    with pytest.raises(WrongState):
        operations.reactivate_user(user.id, actor=BOSS)


def test_the_last_active_admin_stays() -> None:
    last = operations.create_user("ann@example.com", "admin", actor=BOSS)
    other = operations.create_user("ben@example.com", "admin", actor=BOSS)
    operations.deactivate_user(other.id, actor=BOSS)
    with pytest.raises(WrongState, match="last active administrator"):
        operations.change_role(last.id, "operator", actor=BOSS)
    with pytest.raises(WrongState, match="last active administrator"):
        operations.deactivate_user(last.id, actor=BOSS)
    operations.change_role(other.id, "operator", actor=BOSS)  # not active, so not one who is needed
    assert (last.role, last.is_active, other.role) == (Role.ADMIN, True, Role.OPERATOR)


@pytest.mark.parametrize("turn", range(3))
def test_of_two_admins_who_demote_each_other_at_once_one_stays(app, turn) -> None:
    ann, ben = (
        SimpleNamespace(id=operations.create_user(email, "admin", actor=BOSS).id, email=email)
        for email in ("ann@example.com", "ben@example.com")
    )
    found = at_once(
        app,
        lambda: operations.change_role(ben.id, "operator", actor=ann),
        lambda: operations.change_role(ann.id, "operator", actor=ben),
    )
    assert [type(result) for result in found if isinstance(result, PortalError)] == [WrongState]
    db.session.rollback()  # what others did meanwhile is to be seen
    assert len(db.session.scalars(select(User.id).where(User.role == Role.ADMIN)).all()) == 1


def test_nobody_changes_their_own_role_or_closes_their_own_account() -> None:
    ann = operations.create_user("ann@example.com", "admin", actor=BOSS)
    operations.create_user("ben@example.com", "admin", actor=BOSS)
    with pytest.raises(WrongState):
        operations.change_role(ann.id, "auditor", actor=ann)
    with pytest.raises(WrongState):
        operations.deactivate_user(ann.id, actor=ann)


def test_an_account_that_is_not_there_is_not_found() -> None:
    for operation in (operations.deactivate_user, operations.reactivate_user, operations.create_sign_in_link):
        with pytest.raises(NotFound):
            operation(999, actor=BOSS)
    with pytest.raises(NotFound, match=r"no account for ghost@example\.com"):
        operations.user_by_email("ghost@example.com")


def test_every_change_is_on_the_timeline_with_who_did_it() -> None:
    user = operations.create_user("ann@example.com", "operator", actor=BOSS)
    operations.change_role(user.id, "auditor", actor=BOSS)
    operations.change_role(user.id, "auditor", actor=BOSS)  # changes nothing, says nothing
    operations.change_password(user.id, GOOD, current=None, actor=user)
    operations.deactivate_user(user.id, actor=BOSS)
    operations.reactivate_user(user.id, actor=BOSS)
    events = events_of(db.session, "user", user.id)
    assert [(event.event_type, event.actor_label) for event in events] == [
        ("Created", "boss@example.com"),
        ("Role Changed", "boss@example.com"),
        ("Password Changed", "ann@example.com"),
        ("Deactivated", "boss@example.com"),
        ("Reactivated", "boss@example.com"),
    ]
    assert events[1].message == "The role changed from operator to auditor."
