"""Walks every address of the portal as everyone: nobody gets more than their role allows, nothing breaks."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask
from werkzeug.routing import Rule

from portal.accounts import operations
from portal.accounts.permissions import ROLES, Access, access_of
from tests.support.databases import ON_BOTH

EVERYONE = ("anonymous", "auditor", "operator", "admin")
NOBODY = "999999999"
EXAMPLES = {
    "IdConverter": NOBODY,
    "RowConverter": NOBODY,
    "AnyConverter": "csv",
    "UUIDConverter": str(uuid.UUID(int=0)),
    "PathConverter": "missing/thing",
}
SIGNS_OUT = {"/sign-out", "/account/sign-out-everywhere"}
REPORTS_HEALTH = {"/healthz", "/readyz", "/metrics"}  # 503 is how they say that a part is missing


def test_every_view_says_who_may_call_it(app: Flask) -> None:
    silent = {rule.endpoint for rule in rules(app) if access_of(app.view_functions[rule.endpoint]) is None}
    assert not silent, "Mark these views with @public, @reader, @writer or @admin_only"


@ON_BOTH
@pytest.mark.parametrize("who", EVERYONE)
def test_every_route_answers_as_the_role_allows(app, users, who) -> None:
    walker = Walker(app, None if who == "anonymous" else users(who))
    faults = [
        f"{method} {rule.rule} ({access_of(app.view_functions[rule.endpoint])}) -> {status}: {fault}"
        for rule in rules(app)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
        for status in [walker.ask(method, rule)]
        for fault in [fault_of(who, rule, access_of(app.view_functions[rule.endpoint]), method, status)]
        if fault
    ]
    assert not faults, "\n".join(["", *faults])


def test_the_walk_sees_something(app: Flask) -> None:
    assert len(rules(app)) >= 15


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def fault_of(who: str, rule: Rule, access: Access, method: str, status: int) -> str:
    if status >= 500 and rule.rule not in REPORTS_HEALTH:
        return "broken"
    if access is Access.PUBLIC:
        return ""
    if who == "anonymous":
        return "" if status == (401 if is_api(rule.rule) else 302) else "not led to sign in"
    if who not in ROLES[access]:
        return "" if status == (403 if access is Access.WRITER else 404) else "not refused"
    return fault_for_the_allowed(rule, method, status)


def fault_for_the_allowed(rule: Rule, method: str, status: int) -> str:
    if status in (401, 403):
        return "refused"
    if status == 400 and not is_api(rule.rule):
        return "the form's token wasn't taken, or the input isn't 422"
    if method == "GET" and set(rule.arguments) - {"format"} and status == 200:
        return "shows something that doesn't exist"
    return ""


class Walker:
    """Asks one address after the other, signed in anew where an address signs out."""

    def __init__(self, app: Flask, person) -> None:
        self.app, self.person = app, person
        self.token = self._token() if person else ""
        self._begin()

    def ask(self, method: str, rule: Rule) -> int:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token and is_api(rule.rule) else {}
        data = {"csrf_token": self.form_token} if method != "GET" and not headers else None
        url = rule.build({name: example(rule, name) for name in rule.arguments})[1]
        status = self.browser.open(url, method=method, headers=headers, data=data, buffered=True).status_code
        if rule.rule in SIGNS_OUT or access_of(self.app.view_functions[rule.endpoint]) is Access.PUBLIC:
            self._begin()
        return status

    def _begin(self) -> None:
        self.browser = self.app.test_client()
        if self.person:
            self.browser.sign_in(self.person)
        page = self.browser.get("/account" if self.person else "/sign-in").text
        self.form_token = page.split('name="csrf_token" value="')[1].split('"')[0]

    def _token(self) -> str:
        with self.app.app_context():
            return operations.create_token(self.person.id, actor=self.person)[1]


def example(rule: Rule, name: str) -> str:
    return EXAMPLES.get(type(rule._converters[name]).__name__, "missing")


def is_api(path: str) -> bool:
    return path.startswith(("/api/", "/v1/"))
