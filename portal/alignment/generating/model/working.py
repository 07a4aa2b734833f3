"""Several pieces of work at a time, whose results come in the order of the pieces."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from typing import Generic, TypeVar

from portal.alignment.generating.model.stopping import LOOK_SECONDS, Stop
from portal.alignment.generating.pairs import Cancelled

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_order(
    work: Callable[[Item, Stop], Result],
    items: Iterable[Item],
    *,
    at_once: int,
    is_cancelled: Callable[[], bool],
) -> Generator[Result, None, None]:
    """The results of `work`, up to `at_once` of it under way. `is_cancelled` is asked four times a second.

    Raises what `work` raised, and Cancelled. However it is left, nothing of the work goes on: the Stop is set, by which
    it has to do all its waiting. No thread is waited for, and none keeps the process from ending.
    """
    stop = Stop()
    under_way: deque[_Task[Result]] = deque()
    try:
        for item in items:
            under_way.append(_begin(work, item, stop))
            if len(under_way) >= at_once:
                yield under_way.popleft().result(is_cancelled)
        while under_way:
            yield under_way.popleft().result(is_cancelled)
    finally:
        stop.set()


def _begin(work: Callable[[Item, Stop], Result], item: Item, stop: Stop) -> _Task[Result]:
    return _Task(lambda: work(item, stop))


class _Task(Generic[Result]):
    """Work in a thread of its own. Not one of an executor: Python would wait for those before it ends."""

    def __init__(self, work: Callable[[], Result]) -> None:
        self._work = work
        self._results: list[Result] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True, name="language model")
        self._thread.start()

    def result(self, is_cancelled: Callable[[], bool]) -> Result:
        while not is_cancelled():
            self._thread.join(LOOK_SECONDS)
            if not self._thread.is_alive():
                break
        else:
            raise Cancelled
        if self._error is not None:
            raise self._error
        return self._results[0]

    def _run(self) -> None:
        try:
            self._results.append(self._work())
        except BaseException as error:  # raised again where the result is asked for
            self._error = error
