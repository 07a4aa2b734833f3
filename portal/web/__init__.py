"""Shared HTML: what every page has, and the dashboard."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Add filters, what every template may use, the security headers and the dashboard."""
    # They import what imports this package.
    from portal.web import addresses, dashboard, filters, navigation, overview, security

    app.url_map.converters |= {"int": addresses.IdConverter, "row": addresses.RowConverter}
    app.url_map.converters["public_id"] = addresses.PublicIdConverter
    filters.init_app(app)
    navigation.init_app(app)
    security.init_app(app)
    app.register_blueprint(dashboard.blueprint)
    app.register_blueprint(overview.blueprint)
