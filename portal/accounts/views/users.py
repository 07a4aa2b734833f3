"""The accounts, for admins."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import operations, queries
from portal.accounts.access import current_actor
from portal.accounts.forms import RoleForm, UserForm, errors_beside_fields, form_status
from portal.accounts.models import User
from portal.accounts.permissions import admin_only
from portal.accounts.views.blueprint import blueprint


@blueprint.get("/users")
@admin_only
def users() -> ResponseReturnValue:
    return render_template("accounts/users.html", rows=queries.all_users())


@blueprint.route("/users/new", methods=["GET", "POST"])
@admin_only
def new_user() -> ResponseReturnValue:
    form = UserForm()
    if form.validate_on_submit():
        with errors_beside_fields(form):
            user = operations.create_user(form.email.data, form.role.data, actor=current_actor())
            return _link_page(user)
    return render_template("accounts/new_user.html", form=form), form_status(form)


@blueprint.get("/users/<int:user_id>")
@admin_only
def user(user_id: int) -> ResponseReturnValue:
    shown = queries.user_by_id(user_id)
    return _user_page(shown, RoleForm(formdata=None, role=shown.role))


@blueprint.post("/users/<int:user_id>/role")
@admin_only
def change_role(user_id: int) -> ResponseReturnValue:
    shown = queries.user_by_id(user_id)
    form = RoleForm()
    if form.validate_on_submit():
        changed = operations.change_role(user_id, form.role.data, actor=current_actor())
        flash(f"{changed.email} is now {changed.role}.", "success")
        return redirect(url_for("accounts.user", user_id=user_id))
    return _user_page(shown, form)


@blueprint.post("/users/<int:user_id>/deactivate")
@admin_only
def deactivate_user(user_id: int) -> ResponseReturnValue:
    closed = operations.deactivate_user(user_id, actor=current_actor())
    flash(f"{closed.email} is deactivated and signed out.", "success")
    return redirect(url_for("accounts.user", user_id=user_id))


@blueprint.post("/users/<int:user_id>/reactivate")
@admin_only
def reactivate_user(user_id: int) -> ResponseReturnValue:
    opened = operations.reactivate_user(user_id, actor=current_actor())
    flash(f"{opened.email} can sign in again.", "success")
    return redirect(url_for("accounts.user", user_id=user_id))


@blueprint.post("/users/<int:user_id>/link")
@admin_only
def create_link(user_id: int) -> ResponseReturnValue:
    return _link_page(queries.user_by_id(user_id))


def _link_page(owner: User) -> ResponseReturnValue:
    """The answer itself shows the link: a redirect would have to keep it somewhere on the way."""
    secret = operations.create_sign_in_link(owner.id, actor=current_actor())
    link = url_for("accounts.use_link", secret=secret, _external=True)
    return render_template("accounts/link.html", user=owner, link=link, minutes=operations.LINK_MINUTES)


def _user_page(shown: User, form: RoleForm) -> ResponseReturnValue:
    page = render_template(
        "accounts/user.html",
        user=shown,
        form=form,
        tokens=queries.tokens_of(shown.id),
        events=queries.latest_events(shown.id),
    )
    return page, form_status(form)
