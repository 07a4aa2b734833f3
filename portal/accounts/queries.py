"""What the account pages and commands read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from portal.accounts.models import ApiToken, Role, User
from portal.database import utcnow
from portal.errors import NotFound
from portal.extensions import db
from portal.timeline import Event
from portal.web.paging import Page, paginate

EVENTS_SHOWN = 20


@dataclass(frozen=True)
class ListedUser:
    """An account with the number of tokens that work."""

    user: User
    tokens: int


def all_users() -> list[ListedUser]:
    """Every account by address, in one query."""
    working = (ApiToken.user_id == User.id) & ApiToken.revoked_at.is_(None) & (ApiToken.expires_at > utcnow())
    query = select(User, func.count(ApiToken.id)).outerjoin(ApiToken, working).group_by(User.id)
    return [ListedUser(user, tokens) for user, tokens in db.session.execute(query.order_by(User.email))]


def users_page(page: int, per_page: int) -> Page[User]:
    """Accounts by address; a page beyond the last one is empty."""
    return paginate(db.session, select(User).order_by(User.email), page, per_page, beyond=True)


def user_by_id(user_id: int) -> User:
    """Raises NotFound."""
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound("There is no such account.")
    return user


def tokens_of(user_id: int) -> Sequence[ApiToken]:
    """The tokens of one account, newest first."""
    return db.session.scalars(_newest_tokens().where(ApiToken.user_id == user_id)).all()


def tokens_shown_to(user: User) -> Sequence[ApiToken]:
    """An admin sees everyone's tokens, anyone else their own."""
    return db.session.scalars(_newest_tokens()).all() if user.is_admin else tokens_of(user.id)


def tokens_page(user: User, page: int, per_page: int) -> Page[ApiToken]:
    """The same in pages; one beyond the last is empty."""
    query = _newest_tokens() if user.is_admin else _newest_tokens().where(ApiToken.user_id == user.id)
    return paginate(db.session, query, page, per_page, beyond=True)


def token_of(user: User, token_id: int) -> ApiToken:
    """The token, if `user` may revoke it: their own, or an admin anyone's. Raises NotFound.

    An auditor may, too: their own tokens are no business of the portal's data.
    """
    token = db.session.get(ApiToken, token_id)
    if token is None or not (user.is_admin or token.user_id == user.id):
        raise NotFound("There is no such token.")
    return token


def latest_events(user_id: int) -> Sequence[Event]:
    """What happened to an account lately, oldest first."""
    query = select(Event).where(Event.subject_type == "user", Event.subject_id == str(user_id))
    return db.session.scalars(query.order_by(Event.id.desc()).limit(EVENTS_SHOWN)).all()[::-1]


def _newest_tokens() -> Select[ApiToken]:
    return select(ApiToken).order_by(ApiToken.id.desc())


def first_admin() -> User | None:
    """The oldest active administrator, or None."""
    query = select(User).where(User.role == Role.ADMIN, User.is_active.is_(True)).order_by(User.id)
    return db.session.scalars(query.limit(1)).first()
