"""The forms of the account pages. Operations decide what a good value is; they are heard beside the field."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask_wtf import FlaskForm
from wtforms import EmailField, IntegerField, PasswordField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from portal.accounts.models import Role, TokenRole, User
from portal.accounts.operations import DEFAULT_TOKEN_DAYS, LONGEST_TOKEN_DAYS
from portal.errors import BadInput

ROLE_CHOICES = [
    SelectChoice(Role.OPERATOR, "Operator: imports, and sees what is theirs"),
    SelectChoice(Role.AUDITOR, "Auditor: reads everything, changes nothing"),
    SelectChoice(Role.ADMIN, "Administrator: sees and changes everything"),
]
TOKEN_CHOICES = [
    SelectChoice(TokenRole.OWNER, "All that its owner may"),
    SelectChoice(TokenRole.OPERATOR, "Import, and see what is its owner’s own"),
    SelectChoice(TokenRole.READER, "Read only"),
]


@contextmanager
def errors_beside_fields(form: FlaskForm) -> Iterator[None]:
    """Turn a BadInput that names fields of `form` into their errors; any other refusal goes on."""
    try:
        yield
    except BadInput as error:
        if not error.errors:
            raise
        for name, messages in error.errors.items():
            form[name].errors = [*form[name].errors, *messages]


def form_status(form: FlaskForm) -> int:
    """422 for a form that was refused, 200 for one that is shown for the first time."""
    return 422 if form.errors else 200


class SignInForm(FlaskForm):
    email = EmailField("Email", [DataRequired("Enter your email address.")])
    password = PasswordField("Password", [InputRequired("Enter your password.")])


class PasswordForm(FlaskForm):
    current = PasswordField("Current password")
    new = PasswordField(
        "New password",
        [InputRequired("Enter a new password.")],
        description="At least 10 characters. A few words in a row are easy to remember and hard to guess.",
    )


class UserForm(FlaskForm):
    email = EmailField("Email", [DataRequired("Enter an email address.")])
    role = SelectField("Role", choices=ROLE_CHOICES, default=Role.OPERATOR)


class RoleForm(FlaskForm):
    role = SelectField("Role", choices=ROLE_CHOICES)


class TokenForm(FlaskForm):
    name = StringField(
        "Name",
        [DataRequired("Enter a name."), Length(max=100, message="Use at most 100 characters.")],
        description="What it is for, so that you know it again: “nightly upload”.",
    )
    days = IntegerField(
        "Valid for days",
        [NumberRange(1, LONGEST_TOKEN_DAYS, f"Enter a whole number from 1 to {LONGEST_TOKEN_DAYS}.")],
        default=DEFAULT_TOKEN_DAYS,
    )
    role = SelectField("May", choices=TOKEN_CHOICES, default=TokenRole.OWNER)

    def offer_to(self, user: User) -> None:
        """Leave out what would be no difference for `user`."""
        if not user.is_admin:
            self.role.choices = [choice for choice in TOKEN_CHOICES if choice.value != TokenRole.OPERATOR]
