"""The accounts of this machine's portal, without its web server."""

from __future__ import annotations

from portal.accounts import operations, queries
from portal.accounts.serializers import token_shape, user_shape
from portal.client import Answer
from portal.command_line import COMMAND_LINE

LINK_PATH = "/sign-in/link/"


class AccountsHere:
    """An `AccountsDoor` for whoever may run commands on this machine."""

    def users(self) -> Answer:
        return {"data": [user_shape(row.user) for row in queries.all_users()]}

    def create_user(self, email: str, role: str, *, password: str | None) -> Answer:
        return {"data": user_shape(operations.create_user(email, role, password=password, actor=COMMAND_LINE))}

    def change_role(self, email: str, role: str) -> Answer:
        return {"data": user_shape(operations.change_role(_id(email), role, actor=COMMAND_LINE))}

    def deactivate_user(self, email: str) -> Answer:
        return {"data": user_shape(operations.deactivate_user(_id(email), actor=COMMAND_LINE))}

    def reactivate_user(self, email: str) -> Answer:
        return {"data": user_shape(operations.reactivate_user(_id(email), actor=COMMAND_LINE))}

    def sign_in_link(self, email: str) -> Answer:
        owner = operations.user_by_email(email)
        secret = operations.create_sign_in_link(owner.id, actor=COMMAND_LINE)
        return {"data": {"email": owner.email, "url": f"{LINK_PATH}{secret}", "minutes": operations.LINK_MINUTES}}

    def tokens(self, email: str) -> Answer:
        return {"data": [token_shape(token) for token in queries.tokens_of(_id(email))]}

    def create_token(self, email: str, *, name: str, days: int, role: str) -> Answer:
        token, text = operations.create_token(_id(email), name=name, days=days, role=role, actor=COMMAND_LINE)
        return {"data": {**token_shape(token), "token": text}}

    def revoke_token(self, token_id: int) -> None:
        operations.revoke_token(token_id, actor=COMMAND_LINE)


def _id(email: str) -> int:
    return operations.user_by_email(email).id
