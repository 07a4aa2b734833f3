"""The queue, wherever it is kept: tasks come out as they went in, and it may be away for a while."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from portal.runs import tasks
from portal.tasking import PortalHuey
from tests.support.servers import PostgreSQLServer, RedisServer


@pytest.fixture(params=["sqlite", "redis", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of an empty queue."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'queue.db'}"
    elif request.param == "redis":
        yield request.getfixturevalue("redis").url
    else:
        with request.getfixturevalue("postgresql").database() as url:
            yield url


@pytest.fixture
def huey(make_app, address: str) -> PortalHuey:
    queue: PortalHuey = make_app(huey_url=address).extensions["huey"]
    queue.flush()
    return queue


def test_tasks_come_out_in_order_and_are_counted(huey: PortalHuey) -> None:
    assert (huey.waiting(), huey.dequeue()) == (0, None)
    tasks.stage(1)
    tasks.process(2)
    assert huey.waiting() == 2
    assert [(task.name, task.args) for task in (huey.dequeue(), huey.dequeue())] == [("stage", (1,)), ("process", (2,))]
    assert huey.waiting() == 0


@pytest.mark.parametrize("address", ["redis", "postgresql"], indirect=True)
def test_who_waits_for_a_task_is_woken(huey: PortalHuey) -> None:
    listens = Event()

    def wait() -> object:
        huey.dequeue()  # in vain; from now on this thread has its connection
        listens.set()
        return huey.dequeue()

    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(wait)
        listens.wait()
        tasks.stage(3)
        assert waiting.result().args == (3,)


@pytest.mark.parametrize("address", ["redis"], indirect=True)
def test_a_queue_that_is_away_keeps_nobody_waiting_and_comes_back(huey: PortalHuey, redis: RedisServer) -> None:
    redis.stop()
    start = time.monotonic()
    for run_id in range(100):
        tasks.stage(run_id)
    assert huey.waiting() is None
    assert time.monotonic() - start < 5, "100 answers aren't waited for in vain"
    redis.start()
    huey.init_app(huey.app, redis.url)  # as for a process that starts now: the others ask again some seconds later
    tasks.stage(7)
    assert huey.dequeue().args == (7,)


@pytest.mark.parametrize("address", ["postgresql"], indirect=True)
def test_a_server_that_was_restarted_is_connected_to_anew(huey: PortalHuey, postgresql: PostgreSQLServer) -> None:
    tasks.stage(1)
    postgresql.stop()
    postgresql.start()
    tasks.stage(2)
    assert huey.waiting() == 2


@pytest.mark.parametrize("url", ["amqp://host", "mysql://host/name", "nothing"])
def test_a_queue_of_another_kind_is_refused_by_the_name_of_the_setting(make_app, url: str) -> None:
    with pytest.raises(ValueError, match="HUEY_URL names a queue of a kind that isn't known"):
        make_app(huey_url=url)
