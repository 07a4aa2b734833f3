"""Which databases there may be, and how they are opened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from portal.database import UTCDateTime, database_settings, database_url, engine_options


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_has_several_names(scheme: str) -> None:
    address = database_url(f"{scheme}://ann:secret@db.example/portal")
    assert address.render_as_string(hide_password=False) == "postgresql+psycopg://ann:secret@db.example/portal"
    assert engine_options(address)["pool_pre_ping"]


def test_sqlite_is_opened_as_it_is() -> None:
    assert engine_options(database_url("sqlite:////data/portal.db")) == {}


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("portal.db", "it isn't an address such as postgresql://user:password@host/name."),
        ("mysql://ann@db.example/portal", "it names a database of a kind that isn't known: mysql."),
    ],
)
def test_another_is_refused_by_the_name_of_the_setting(url: str, why: str) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL can't be used: ") as refused:
        database_settings(url)
    assert str(refused.value).endswith(why)


def test_times_come_back_in_utc_whatever_the_zone_that_the_server_gives_them_in() -> None:
    given = datetime(2026, 11, 21, 12, 30, tzinfo=timezone(timedelta(hours=2)))
    for kept in (given, datetime(2026, 11, 21, 10, 30)):  # noqa: DTZ001 - SQLite's have no zone
        found = UTCDateTime().process_result_value(kept, None)
        assert (found, found.tzinfo) == (given, UTC)
