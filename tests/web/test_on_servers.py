"""Pages of a portal whose database is PostgreSQL, or whose queue is Redis."""

from __future__ import annotations

import pytest

from tests.support.databases import ON_BOTH
from tests.support.servers import RedisServer

NUL = "before\x00after"


@ON_BOTH
@pytest.mark.parametrize("number", [2**31, 2**63, 10**30])
def test_a_number_beyond_all_ids_is_one_that_is_not_there(sign_in, number: int) -> None:
    assert sign_in("admin").get(f"/runs/{number}").status_code == 404


@ON_BOTH
def test_a_nul_character_in_an_address_or_a_form_finds_nothing_and_breaks_nothing(app, sign_in) -> None:
    admin = sign_in("admin")
    answers = [
        admin.get("/runs", query_string={"status": NUL, "importer": NUL}),
        admin.submit("/users/new", email=f"{NUL}@example.com"),
        admin.submit("/tokens", name=NUL),
        app.test_client().submit("/sign-in", email=NUL, password=NUL),
    ]
    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []


def test_failed_sign_ins_are_counted_in_redis_and_go_on_without_it(make_app, redis: RedisServer) -> None:
    """In Redis, since several web servers have to count together."""
    wrong = {"email": "ann@example.com", "password": "not hers"}
    one, other = (make_app(huey_url=redis.url, sign_in_limit="1 per minute") for _ in range(2))
    assert one.test_client().submit("/sign-in", **wrong).status_code == 422
    assert other.test_client().submit("/sign-in", **wrong).status_code == 429
    redis.stop()
    try:
        assert other.test_client().submit("/sign-in", **wrong).status_code == 422
    finally:
        redis.start()
