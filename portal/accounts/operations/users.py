"""Accounts: made, given a role, closed and opened again."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import Role, User, new_session_key
from portal.accounts.operations.passwords import hash_password
from portal.database import writing
from portal.errors import BadInput, NotFound, WrongState
from portal.extensions import db
from portal.timeline import record


def create_user(email: str, role: Role | str, *, password: str | None = None, actor: Any) -> User:
    """Make an account; without a password its owner signs in by a one-time link first.

    Raises BadInput with the fields `email`, `role`, `password`.
    """
    email, role = _checked_email(email), _checked_role(role)
    hashed = hash_password(password, email, field="password") if password is not None else None
    user = User(email=email, role=role, password_hash=hashed)
    try:
        with writing(db.session):
            db.session.add(user)
            db.session.flush()
            _record(user, "Created", f"The account {email} was created as {role}.", actor)
    except IntegrityError:
        taken = f"There is already an account for {email}."
        raise BadInput(taken, errors={"email": [taken]}) from None
    return user


def change_role(user_id: int, role: Role | str, *, actor: Any) -> User:
    """Give another person's account a role. Raises NotFound, BadInput, WrongState."""
    role = _checked_role(role)
    with writing(db.session):
        admins = _locked_admins()
        user = _other_account(user_id, actor, "You can't change your own role.")
        if user.role == role:
            return user
        if role != Role.ADMIN:
            _keep_an_admin_besides(user, admins)
        _record(user, "Role Changed", f"The role changed from {user.role} to {role}.", actor)
        user.role = role
    return user


def deactivate_user(user_id: int, *, actor: Any) -> User:
    """Close another person's account: browsers are signed out at once, tokens stop working.

    Raises NotFound, and WrongState for one's own account and the last admin's.
    """
    with writing(db.session):
        admins = _locked_admins()
        user = _other_account(user_id, actor, "You can't deactivate your own account.")
        if not user.is_active:
            raise WrongState(f"The account {user.email} is deactivated already.")
        _keep_an_admin_besides(user, admins)
        user.is_active = False
        user.session_key = new_session_key()
        _record(user, "Deactivated", f"The account {user.email} was deactivated.", actor)
    return user


def reactivate_user(user_id: int, *, actor: Any) -> User:
    """Open a closed account again, and its tokens with it. Raises NotFound, WrongState."""
    with writing(db.session):
        user = _locked(user_id)
        if user.is_active:
            raise WrongState(f"The account {user.email} is active already.")
        user.is_active = True
        _record(user, "Reactivated", f"The account {user.email} was reactivated.", actor)
    return user


def user_by_email(email: str) -> User:
    """The account for an address, in any case. Raises NotFound."""
    user: User | None = db.session.scalar(select(User).where(User.email == email.strip().lower()))
    if user is None:
        raise NotFound(f"There is no account for {email}.")
    return user


def _other_account(user_id: int, actor: Any, refusal: str) -> User:
    if getattr(actor, "id", None) == user_id:
        raise WrongState(refusal, fix="Ask another administrator to do it.")
    return _locked(user_id)


def _locked(user_id: int) -> User:
    user = db.session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFound("There is no such account.")
    return user


def _locked_admins() -> set[int]:
    """The ids of the active administrators. Locked in one order, and before anyone else's row: so of two admins who
    demote each other neither waits for the other for ever, nor do both succeed."""
    admins = select(User.id).where(User.role == Role.ADMIN, User.is_active).order_by(User.id).with_for_update()
    return set(db.session.scalars(admins))


def _keep_an_admin_besides(user: User, admins: set[int]) -> None:
    if admins == {user.id}:
        raise WrongState(
            f"{user.email} is the last active administrator.", fix="Make someone else an administrator first."
        )


def _checked_email(email: str) -> str:
    import email_validator  # not with the module: a process would take a twentieth longer to start

    # No mail is ever sent: an address in a company's own network (ann@portal.local) is as good as any.
    # https://github.com/JoshData/python-email-validator#deliverability describes this list as ours to change.
    email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
    try:
        valid = email_validator.validate_email(email.strip(), check_deliverability=False, globally_deliverable=False)
    except email_validator.EmailNotValidError:
        raise BadInput(f"{email!r} isn't an email address.", errors={"email": ["Enter an email address."]}) from None
    return valid.normalized.lower()


def _checked_role(role: Role | str) -> Role:
    try:
        return Role(role)
    except ValueError:
        choices = ", ".join(Role)
        raise BadInput(
            f"There is no role {role!r}; choose one of {choices}.",
            errors={"role": [f"Choose one of {choices}."]},
        ) from None


def _record(user: User, event_type: str, message: str, actor: Any) -> None:
    record(db.session, "user", user.id, event_type, message, actor=actor)
