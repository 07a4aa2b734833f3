"""Headers that keep browsers from doing more with our pages than they are meant for."""

from __future__ import annotations

from flask import Flask, Response

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",  # and not less: on HTTPS the check of forms looks at the referrer
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
ONE_YEAR = 365 * 24 * 60 * 60


def init_app(app: Flask) -> None:
    """Send the headers with every answer; HSTS only where the portal is reached by HTTPS alone."""
    headers = dict(HEADERS)
    if app.config["PORTAL"].secure_cookies:
        headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}"

    @app.after_request
    def secure(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        _keep_out_of_caches(response)
        return response


def _keep_out_of_caches(response: Response) -> None:
    """Pages show data and carry form tokens, so no cache keeps them; static files say themselves how long."""
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-store"
    if response.mimetype == "text/html":
        response.vary.update(["HX-Request", "Cookie"])
