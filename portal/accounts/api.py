"""The endpoints of accounts and tokens."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import abort, url_for
from pydantic import Field

from portal.accounts import operations, queries
from portal.accounts.access import current_actor, current_token
from portal.accounts.models import Role, TokenRole, User
from portal.accounts.permissions import admin_only, reader
from portal.accounts.serializers import token_shape, user_shape
from portal.accounts.shapes import LinkAnswer, TokenAnswer, TokenShape, UserAnswer, UserShape
from portal.api.endpoint import endpoint
from portal.api.limits import api_blueprint
from portal.api.lists import Listed, PageQuery, listed
from portal.api.parsing import Input

blueprint = api_blueprint("accounts_api", "/api/v1")


class NewUser(Input):
    """An account to be made. Without a password its owner signs in by a one-time link first."""

    email: str = Field(min_length=3, max_length=254)
    role: Role
    password: str | None = Field(None, max_length=1000)


class ChangedUser(Input):
    """What is to be another way."""

    role: Role | None = None
    is_active: bool | None = None


class NewToken(Input):
    """A token to be made, for the caller's own account unless an administrator names another."""

    email: str | None = Field(None, max_length=254)
    name: str = Field(operations.DEFAULT_NAME, min_length=1, max_length=100)
    days: int = Field(operations.DEFAULT_TOKEN_DAYS, ge=1, le=operations.LONGEST_TOKEN_DAYS)
    role: TokenRole = TokenRole.OWNER


@blueprint.get("/account")
@reader
@endpoint("Show the caller's account", answers=UserAnswer)
def account() -> UserAnswer:
    """Whose token this is."""
    return {"data": user_shape(current_actor())}


@blueprint.get("/users")
@admin_only
@endpoint("List accounts", query=PageQuery, answers=Listed[UserShape])
def users(query: PageQuery) -> dict[str, Any]:
    """All accounts by address."""
    return listed(queries.users_page(query.page, query.per_page), user_shape)


@blueprint.post("/users")
@admin_only
@endpoint("Create an account", body=NewUser, answers=UserAnswer, status=HTTPStatus.CREATED)
def create_user(body: NewUser) -> UserAnswer:
    """Make an account."""
    user = operations.create_user(body.email, body.role, password=body.password, actor=current_actor())
    return {"data": user_shape(user)}


@blueprint.get("/users/<int:user_id>")
@admin_only
@endpoint("Show an account", answers=UserAnswer)
def user(user_id: int) -> UserAnswer:
    """One account."""
    return {"data": user_shape(queries.user_by_id(user_id))}


@blueprint.patch("/users/<int:user_id>")
@admin_only
@endpoint("Change an account", body=ChangedUser, answers=UserAnswer, refuses=(409,))
def change_user(user_id: int, body: ChangedUser) -> UserAnswer:
    """Give an account another role, close it or open it again. 409 for one's own, and for the last administrator's."""
    actor, changed = current_actor(), queries.user_by_id(user_id)
    if body.role is not None:
        changed = operations.change_role(user_id, body.role, actor=actor)
    if body.is_active is not None and body.is_active != changed.is_active:
        change = operations.reactivate_user if body.is_active else operations.deactivate_user
        changed = change(user_id, actor=actor)
    return {"data": user_shape(changed)}


@blueprint.post("/users/<int:user_id>/link")
@admin_only
@endpoint("Make a sign-in link", answers=LinkAnswer, status=HTTPStatus.CREATED, refuses=(409,))
def create_link(user_id: int) -> LinkAnswer:
    """A link that signs the account in once. 409 for an account that is closed."""
    _require_whole_role()
    owner = queries.user_by_id(user_id)
    url = url_for(
        "accounts.use_link", secret=operations.create_sign_in_link(user_id, actor=current_actor()), _external=True
    )
    return {"data": {"email": owner.email, "url": url, "minutes": operations.LINK_MINUTES}}


@blueprint.get("/tokens")
@reader
@endpoint("List tokens", query=PageQuery, answers=Listed[TokenShape])
def tokens(query: PageQuery) -> dict[str, Any]:
    """The caller's own tokens, an administrator's answer has everyone's; the newest first."""
    return listed(queries.tokens_page(current_actor(), query.page, query.per_page), token_shape)


@blueprint.post("/tokens")
@reader
@endpoint("Create a token", body=NewToken, answers=TokenAnswer, status=HTTPStatus.CREATED, refuses=(403, 404, 409))
def create_token(body: NewToken) -> TokenAnswer:
    """Make a token. Its text is in the answer, and never again. 403 for tokens that may less than their owner."""
    _require_whole_role()
    actor = current_actor()
    owner = _owner(body.email, actor)
    token, text = operations.create_token(owner.id, name=body.name, days=body.days, role=body.role, actor=actor)
    return {"data": {**token_shape(token), "token": text}}


@blueprint.delete("/tokens/<int:token_id>")
@reader
@endpoint("Revoke a token", status=HTTPStatus.NO_CONTENT, refuses=(403, 409))
def revoke_token(token_id: int) -> None:
    """End a token for good. 409 where it was revoked before; 403 for tokens that may less than their owner, but for
    itself."""
    own = current_token()
    if own is None or own.id != token_id:
        _require_whole_role()
    actor = current_actor()
    operations.revoke_token(queries.token_of(actor, token_id).id, actor=actor)


def _owner(email: str | None, actor: User) -> User:
    if email is None or email.strip().lower() == actor.email:
        return actor
    if not actor.is_admin:
        abort(HTTPStatus.FORBIDDEN)
    return operations.user_by_email(email)


def _require_whole_role() -> None:
    """A token that may less than its owner must not get hold of one that may more."""
    token = current_token()
    if token is not None and token.role != TokenRole.OWNER:
        abort(HTTPStatus.FORBIDDEN)
