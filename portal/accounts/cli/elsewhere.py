"""The accounts of a portal elsewhere, by its JSON API."""

from __future__ import annotations

from portal.client import Answer, Connection
from portal.errors import NotFound

API = "/api/v1"


class AccountsElsewhere:
    """An `AccountsDoor` for the owner of the token: an administrator, or anyone for their own tokens."""

    def __init__(self, connection: Connection) -> None:
        self._portal = connection

    def users(self) -> Answer:
        return {"data": list(self._portal.entries(f"{API}/users"))}

    def create_user(self, email: str, role: str, *, password: str | None) -> Answer:
        return self._portal.post(f"{API}/users", {"email": email, "role": role, "password": password})

    def change_role(self, email: str, role: str) -> Answer:
        return self._portal.patch(self._address(email), {"role": role})

    def deactivate_user(self, email: str) -> Answer:
        return self._portal.patch(self._address(email), {"is_active": False})

    def reactivate_user(self, email: str) -> Answer:
        return self._portal.patch(self._address(email), {"is_active": True})

    def sign_in_link(self, email: str) -> Answer:
        return self._portal.post(f"{self._address(email)}/link")

    def tokens(self, email: str) -> Answer:
        if not self._is_own(email):
            self._address(email)
        found = self._portal.entries(f"{API}/tokens")
        return {"data": [token for token in found if token["email"] == email.strip().lower()]}

    def create_token(self, email: str, *, name: str, days: int, role: str) -> Answer:
        return self._portal.post(f"{API}/tokens", {"email": email, "name": name, "days": days, "role": role})

    def revoke_token(self, token_id: int) -> None:
        self._portal.delete(f"{API}/tokens/{token_id}")

    def _address(self, email: str) -> str:
        """Of the account. Raises NotFound."""
        if self._portal.get(f"{API}/account")["data"]["role"] != "admin":
            raise NotFound(f"There is no account for {email} that you may see.", fix="Administrators see all.")
        for user in self._portal.entries(f"{API}/users"):
            if user["email"] == email.strip().lower():
                return f"{API}/users/{user['id']}"
        raise NotFound(f"There is no account for {email}.")

    def _is_own(self, email: str) -> bool:
        own: str = self._portal.get(f"{API}/account")["data"]["email"]
        return own == email.strip().lower()
