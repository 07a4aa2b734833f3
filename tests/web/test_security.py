"""What every answer tells the browser not to do, and cookies."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("path", ["/sign-in", "/tokens", "/no-such-page", "/static/app.js"])
def test_every_answer_carries_the_headers(client, path) -> None:
    headers = client.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "object-src": "'none'",
    }
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers


def test_pages_stay_out_of_caches_and_static_files_do_not(sign_in) -> None:
    client = sign_in("operator")
    for path in ("/account", "/tokens", "/no-such-page"):
        headers = client.get(path).headers
        assert headers["Cache-Control"] == "private, no-store"
        assert {"hx-request", "cookie"} == {part.strip().lower() for part in headers["Vary"].split(",")}
    assert "no-store" not in client.get("/static/app.js").headers["Cache-Control"]


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client) -> None:
    cookie = client.get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_on_https_the_cookie_and_the_site_stay_there(make_app) -> None:
    answer = make_app(secure_cookies=True).test_client().get("/sign-in", base_url="https://portal.example")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_no_page_holds_a_script_or_style_of_its_own(sign_in) -> None:
    client = sign_in("admin")
    for path in ("/account", "/tokens", "/users", "/users/new", "/users/1"):
        page = client.get(path).text
        assert "<style" not in page
        assert " style=" not in page
        assert " onclick=" not in page
        assert all(part.startswith(" src=") for part in page.split("<script")[1:])
