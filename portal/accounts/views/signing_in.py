"""Signing in and out, and one's own account."""

from __future__ import annotations

from flask import current_app, flash, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask.wrappers import Response
from flask_limiter.util import get_remote_address
from flask_login import current_user, login_user

from portal.accounts import operations
from portal.accounts.access import current_actor, safe_next
from portal.accounts.forms import PasswordForm, SignInForm, errors_beside_fields, form_status
from portal.accounts.models import User
from portal.accounts.permissions import public, reader
from portal.accounts.views.blueprint import blueprint
from portal.database import utcnow
from portal.extensions import limiter

REFUSED_PER_ADDRESS = "100 per hour"
"""How many sign-ins may fail from one network address, over all accounts; a whole office can share one."""


def _sign_in_limit() -> str:
    return str(current_app.config["PORTAL"].sign_in_limit)


def _address_and_email() -> str:
    return f"{get_remote_address()} {request.form.get('email', '').strip().lower()[:254]}"


def _account_id() -> str:
    return f"account {current_user.id}"


def _was_refused(response: Response) -> bool:
    return response.status_code == 422


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
@limiter.limit(_sign_in_limit, key_func=_address_and_email, methods=["POST"], deduct_when=_was_refused)
@limiter.limit(REFUSED_PER_ADDRESS, methods=["POST"], deduct_when=_was_refused)
def sign_in() -> ResponseReturnValue:
    target = safe_next(request.args.get("next")) or _home()
    if current_user.is_authenticated:
        return redirect(target)
    form = SignInForm()
    if form.validate_on_submit():
        user = operations.sign_in_with_password(form.email.data, form.password.data)
        if user is not None:
            _start_session(user)
            return redirect(target)
        form.password.errors = ["The email address or the password is wrong."]
    return render_template("accounts/sign_in.html", form=form), form_status(form)


@blueprint.post("/sign-out")
@reader
def sign_out() -> ResponseReturnValue:
    session.clear()
    flash("You are signed out.", "success")
    return redirect(url_for("accounts.sign_in"))


@blueprint.get("/sign-in/link/<secret>")
@public
def use_link(secret: str) -> ResponseReturnValue:
    """Only a person's click uses the link up: no preview in a chat, no browser that looks ahead."""
    if request.method == "HEAD" or "prefetch" in request.headers.get("Sec-Purpose", ""):
        return make_response("", 204)
    user = operations.use_sign_in_link(secret)
    _start_session(user)
    session["by_link_at"] = utcnow().timestamp()
    if not user.has_password:
        flash("Set a password on your account page, so that you can sign in without a link.", "info")
    return redirect(_home())


@blueprint.route("/account", methods=["GET", "POST"])
@reader
@limiter.limit(_sign_in_limit, key_func=_account_id, methods=["POST"], deduct_when=_was_refused)
def account() -> ResponseReturnValue:
    form = PasswordForm()
    if form.validate_on_submit():
        with errors_beside_fields(form):
            login_user(_change_password(form))
            session.pop("by_link_at", None)
            flash("The password is changed. Every other browser is signed out.", "success")
            return redirect(url_for("accounts.account"))
    page = render_template("accounts/account.html", form=form, asks_current=_asks_current())
    return page, form_status(form)


@blueprint.post("/account/sign-out-everywhere")
@reader
def sign_out_everywhere() -> ResponseReturnValue:
    login_user(operations.sign_out_everywhere(current_user.id, actor=current_actor()))
    flash("Every other browser is signed out.", "success")
    return redirect(url_for("accounts.account"))


def _change_password(form: PasswordForm) -> User:
    user = current_actor()
    if _asks_current():
        return operations.change_password(user.id, form.new.data, current=form.current.data, actor=user)
    return operations.set_password(user.id, form.new.data, actor=user)


def _asks_current() -> bool:
    """Who came by a one-time link just now has shown who they are, and may have forgotten the password."""
    came_just_now = utcnow().timestamp() - session.get("by_link_at", 0) < operations.LINK_MINUTES * 60
    return current_actor().has_password and not came_just_now


def _start_session(user: User) -> None:
    """Nothing from before the sign-in stays: a session prepared by someone else mustn't become the user's."""
    session.clear()
    login_user(user)


def _home() -> str:
    return f"{request.script_root}/"
