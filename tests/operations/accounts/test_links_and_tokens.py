"""One-time links and API tokens: secrets that are given out once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from portal.accounts import operations
from portal.accounts.models import ApiToken, SignInLink, User
from portal.database import utcnow, writing
from portal.errors import BadInput, NotFound, WrongState
from portal.extensions import db
from portal.timeline import events_of

BOSS = SimpleNamespace(id=None, email="boss@example.com")
SPENT = "This sign-in link has been used or has expired."


@pytest.fixture(autouse=True)
def context(app):
    with app.app_context():
        yield


@pytest.fixture
def ann(context) -> User:
    return operations.create_user("ann@example.com", "operator", actor=BOSS)


def change(statement) -> None:
    with writing(db.session):
        db.session.execute(statement)


def test_a_link_signs_in_once(ann) -> None:
    secret = operations.create_sign_in_link(ann.id, actor=BOSS)
    assert operations.use_sign_in_link(secret) is ann
    with pytest.raises(operations.LinkSpent, match=SPENT):
        operations.use_sign_in_link(secret)


def test_of_many_clicks_at_once_one_wins(app, ann) -> None:
    secret = operations.create_sign_in_link(ann.id, actor=BOSS)

    def click(_: int) -> bool:
        with app.app_context():
            try:
                return operations.use_sign_in_link(secret) is not None
            except operations.LinkSpent:
                return False

    with ThreadPoolExecutor(8) as clicks:
        assert sum(clicks.map(click, range(8))) == 1


def test_a_link_expires_after_a_quarter_of_an_hour(ann) -> None:
    secret = operations.create_sign_in_link(ann.id, actor=BOSS)
    link = db.session.scalars(select(SignInLink)).one()
    assert timedelta(minutes=14) < link.expires_at - utcnow() <= timedelta(minutes=15)
    change(update(SignInLink).values(expires_at=utcnow()))
    with pytest.raises(operations.LinkSpent):
        operations.use_sign_in_link(secret)
    operations.create_sign_in_link(ann.id, actor=BOSS)
    assert len(db.session.scalars(select(SignInLink)).all()) == 1, "the expired one is swept up"


def test_a_link_of_a_deactivated_account_is_spent(ann) -> None:
    secret = operations.create_sign_in_link(ann.id, actor=BOSS)
    operations.deactivate_user(ann.id, actor=BOSS)
    with pytest.raises(operations.LinkSpent):
        operations.use_sign_in_link(secret)
    with pytest.raises(WrongState):
        operations.create_sign_in_link(ann.id, actor=BOSS)


@pytest.mark.parametrize("secret", ["", "guess", "\udcff", "x" * 100_000])
def test_a_guess_signs_nobody_in(ann, secret) -> None:
    operations.create_sign_in_link(ann.id, actor=BOSS)
    with pytest.raises(operations.LinkSpent):
        operations.use_sign_in_link(secret)


def test_a_token_acts_for_its_owner(ann) -> None:
    token, text = operations.create_token(ann.id, name=" nightly ", actor=ann)
    token = operations.authenticate_token(text)
    assert token is not None
    assert token.user is ann
    assert (token.name, token.prefix) == ("nightly", text[:8])
    assert text.startswith("ptl_")
    assert len(text) == 44
    assert timedelta(days=89) < token.expires_at - utcnow() <= timedelta(days=90)


def test_no_secret_is_in_the_database(ann) -> None:
    link, (_, token) = (
        operations.create_sign_in_link(ann.id, actor=BOSS),
        operations.create_token(ann.id, actor=ann),
    )
    kept = str([db.session.execute(select(table)).all() for table in db.metadata.sorted_tables])
    assert token[:8] in kept, "the search itself works"
    assert link not in kept
    assert token[8:] not in kept


@pytest.mark.parametrize("days", [0, -1, 366, 10**9])
def test_a_token_lasts_from_a_day_to_a_year(ann, days) -> None:
    with pytest.raises(BadInput, match="from 1 to 365 days"):
        operations.create_token(ann.id, days=days, actor=ann)


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_token_needs_a_name(ann, name) -> None:
    with pytest.raises(BadInput) as refused:
        operations.create_token(ann.id, name=name, actor=ann)
    assert list(refused.value.errors) == ["name"]


def test_a_token_ends_when_it_is_revoked_or_expired_or_its_owner_deactivated(ann) -> None:
    texts = {name: operations.create_token(ann.id, name=name, actor=ann) for name in ("revoked", "expired", "good")}
    operations.revoke_token(texts["revoked"][0].id, actor=ann)
    change(update(ApiToken).where(ApiToken.name == "expired").values(expires_at=utcnow()))
    works = {name: operations.authenticate_token(text) is not None for name, (_, text) in texts.items()}
    assert works == {"revoked": False, "expired": False, "good": True}
    operations.deactivate_user(ann.id, actor=BOSS)
    assert operations.authenticate_token(texts["good"][1]) is None
    with pytest.raises(WrongState):
        operations.create_token(ann.id, actor=BOSS)


def test_a_token_is_revoked_once(ann) -> None:
    token, _ = operations.create_token(ann.id, name="nightly", actor=ann)
    operations.revoke_token(token.id, actor=BOSS)
    with pytest.raises(WrongState, match="revoked before"):
        operations.revoke_token(token.id, actor=ann)
    with pytest.raises(NotFound):
        operations.revoke_token(999, actor=ann)
    assert [(event.event_type, event.actor_label) for event in events_of(db.session, "token", token.id)] == [
        ("Created", "ann@example.com"),
        ("Revoked", "boss@example.com"),
    ]


def test_use_is_noted_at_most_once_a_minute(ann) -> None:
    token, text = operations.create_token(ann.id, actor=ann)
    operations.authenticate_token(text)
    first = token.last_used_at
    assert first is not None
    operations.authenticate_token(text)
    assert token.last_used_at == first
    change(update(ApiToken).values(last_used_at=first - timedelta(minutes=2)))
    operations.authenticate_token(text)
    assert token.last_used_at > first
