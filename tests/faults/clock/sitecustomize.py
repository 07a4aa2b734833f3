"""Python begins with this where its folder is on PYTHONPATH: the clock of the process is off by as many seconds as the
file PORTAL_TEST_CLOCK says at the time. (libfaketime, as Debian 12 has it, breaks Python's `time.sleep`.)"""

from __future__ import annotations

import datetime
import os
from pathlib import Path

Real = datetime.datetime


class _Kind(type):
    """Every date and time is one of the class that takes the real one's place."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, Real)


class _Shifted(Real, metaclass=_Kind):
    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Real:
        offset = Path(os.environ["PORTAL_TEST_CLOCK"]).read_text()
        return Real.now(tz) + datetime.timedelta(seconds=int(offset))


datetime.datetime = _Shifted  # type: ignore[misc]
