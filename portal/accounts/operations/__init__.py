"""What can be done with accounts. Pages and commands call these; each is one transaction.

`actor` is the user who does it, or anything else with `id` and `email`.
"""

from __future__ import annotations

from portal.accounts.operations.passwords import change_password, set_password
from portal.accounts.operations.signing_in import (
    LINK_MINUTES,
    LinkSpent,
    create_sign_in_link,
    note_seen,
    sign_in_with_password,
    sign_out_everywhere,
    use_sign_in_link,
)
from portal.accounts.operations.tokens import (
    DEFAULT_NAME,
    DEFAULT_TOKEN_DAYS,
    LONGEST_TOKEN_DAYS,
    authenticate_token,
    create_token,
    revoke_token,
)
from portal.accounts.operations.users import (
    change_role,
    create_user,
    deactivate_user,
    reactivate_user,
    user_by_email,
)

__all__ = [
    "DEFAULT_NAME",
    "DEFAULT_TOKEN_DAYS",
    "LINK_MINUTES",
    "LONGEST_TOKEN_DAYS",
    "LinkSpent",
    "authenticate_token",
    "change_password",
    "change_role",
    "create_sign_in_link",
    "create_token",
    "create_user",
    "deactivate_user",
    "note_seen",
    "reactivate_user",
    "revoke_token",
    "set_password",
    "sign_in_with_password",
    "sign_out_everywhere",
    "use_sign_in_link",
    "user_by_email",
]
