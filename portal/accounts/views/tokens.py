"""API tokens: everyone's own, and for admins all of them."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import operations, queries
from portal.accounts.access import current_actor
from portal.accounts.forms import TokenForm, errors_beside_fields, form_status
from portal.accounts.permissions import reader
from portal.accounts.views.blueprint import blueprint


@blueprint.get("/tokens")
@reader
def tokens() -> ResponseReturnValue:
    return _tokens_page(TokenForm(formdata=None))


@blueprint.post("/tokens")
@reader
def create_token() -> ResponseReturnValue:
    """The answer itself shows the token, once: a redirect would have to keep it somewhere on the way."""
    form = TokenForm()
    form.offer_to(current_actor())
    if form.validate_on_submit():
        with errors_beside_fields(form):
            user = current_actor()
            settings = {"name": form.name.data, "days": form.days.data, "role": form.role.data}
            token, text = operations.create_token(user.id, **settings, actor=user)
            return render_template("accounts/new_token.html", token=token, text=text)
    return _tokens_page(form)


@blueprint.post("/tokens/<int:token_id>/revoke")
@reader
def revoke_token(token_id: int) -> ResponseReturnValue:
    user = current_actor()
    token = operations.revoke_token(queries.token_of(user, token_id).id, actor=user)
    flash(f"The token “{token.name}” no longer works.", "success")
    return redirect(url_for("accounts.tokens"))


def _tokens_page(form: TokenForm) -> ResponseReturnValue:
    form.offer_to(current_actor())
    shown = queries.tokens_shown_to(current_actor())
    return render_template("accounts/tokens.html", form=form, tokens=shown), form_status(form)
