"""The pages on which admins look after accounts."""

from __future__ import annotations

import re

import pytest


@pytest.fixture
def admin(sign_in, users):
    return sign_in(users("admin", "boss@example.com"))


def test_a_new_user_gets_a_link_to_sign_in_with(app, admin) -> None:
    made = admin.submit("/users/new", email="Ann@Example.com", role="auditor")
    assert made.status_code == 200
    assert made.headers["Cache-Control"] == "private, no-store"
    link = re.search(r'value="http://localhost(/sign-in/link/[^"]+)"', made.text)[1]
    theirs = app.test_client()
    assert theirs.get(link).status_code == 302
    assert "Auditor" in theirs.get("/account").text
    assert "ann@example.com" in admin.get("/users").text


@pytest.mark.parametrize(
    ("email", "role", "why"),
    [
        ("", "operator", "Enter an email address."),
        ("nonsense", "operator", "Enter an email address."),
        ("BOSS@example.com", "operator", "There is already an account for boss@example.com."),
        ("ann@example.com", "owner", "Not a valid choice"),
    ],
)
def test_a_refused_account_says_why_and_keeps_what_was_typed(admin, email, role, why) -> None:
    refused = admin.submit("/users/new", email=email, role=role)
    assert refused.status_code == 422
    assert why in refused.text
    assert f'value="{email}"' in refused.text


def test_a_role_changes_and_the_change_is_on_the_page(admin, users) -> None:
    page = f"/users/{users('operator', 'ann@example.com').id}"
    assert admin.submit(page, f"{page}/role", role="auditor").location == page
    shown = admin.get(page).text
    assert "ann@example.com is now auditor." in shown
    assert "The role changed from operator to auditor." in shown
    assert "By boss@example.com." in shown
    assert admin.submit(page, f"{page}/role", role="owner").status_code == 422


def test_an_account_is_deactivated_and_reactivated(admin, users) -> None:
    page = f"/users/{users('operator', 'ann@example.com').id}"
    assert "Deactivate ann@example.com?" in admin.get(page).text
    admin.submit(page, f"{page}/deactivate")
    shown = admin.get(page).text
    assert "Deactivated" in shown
    assert f"{page}/link" not in shown
    admin.submit(page, f"{page}/reactivate")
    assert "ann@example.com can sign in again." in admin.get(page).text


def test_ones_own_account_offers_nothing_that_is_refused(admin) -> None:
    page = admin.get("/users/1").text
    assert "/users/1/deactivate" not in page
    assert "/users/1/role" in page
    assert 'name="role"' not in page


def test_a_second_click_on_deactivate_is_told_so(admin, users) -> None:
    page = f"/users/{users('operator', 'ann@example.com').id}"
    token = re.search(r'name="csrf_token" value="([^"]+)"', admin.get(page).text)[1]
    admin.post(f"{page}/deactivate", data={"csrf_token": token})
    again = admin.post(f"{page}/deactivate", data={"csrf_token": token})
    assert again.status_code == 409
    assert "deactivated already" in again.text


def test_an_admin_makes_a_link_for_someone(app, admin, users) -> None:
    page = f"/users/{users('operator', 'ann@example.com').id}"
    shown = admin.submit(page, f"{page}/link")
    link = re.search(r"/sign-in/link/[\w-]+", shown.text)[0]
    assert app.test_client().get(link).status_code == 302


@pytest.mark.parametrize("role", ["operator", "auditor"])
def test_to_everyone_else_there_are_no_accounts(sign_in, role) -> None:
    client = sign_in(role)
    assert client.get("/users").status_code == 404
    assert client.get("/users/1").status_code == 404


@pytest.mark.parametrize("path", ["/users", "/tokens", "/users/1"])
def test_a_list_costs_the_same_however_long_it_is(admin, users, cli, count_queries, path) -> None:
    def queries() -> int:
        with count_queries() as sent:
            assert admin.get(path).status_code == 200
        return len(sent)

    cli.invoke(args=["tokens", "create", "boss@example.com"])
    before = queries()
    for number in range(5):
        users("operator", f"user{number}@example.com")
        cli.invoke(args=["tokens", "create", f"user{number}@example.com"])
        cli.invoke(args=["tokens", "create", "boss@example.com"])
    assert queries() == before <= 4
