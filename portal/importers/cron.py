"""When an importer's source is due: cron expressions, in UTC. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice, takewhile

from cronsim import CronSim, CronSimError

SHORT = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
COUNTED = 1000
"""Times that were missed are counted up to here."""


@dataclass(frozen=True)
class Cron:
    """A cron expression of five fields (minute, hour, day of month, month, day of week), read as Debian's cron does."""

    expression: str

    @classmethod
    def parse(cls, text: str) -> Cron:
        """`text` is an expression, or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.

        Raises ValueError with what is wrong.
        """
        cron = cls(" ".join(text.split()))
        if len(cron._fields.split()) != 5:
            raise ValueError("it must have five fields, as in 30 2 * * *, or be @hourly, @daily, @weekly or @monthly")
        try:
            cron.next_after(datetime(2000, 1, 1, tzinfo=UTC))
        except CronSimError as error:
            raise ValueError(str(error).removeprefix("Bad ") + " can't be read") from None
        except StopIteration:
            raise ValueError("no day fits it") from None
        return cron

    @property
    def words(self) -> str:
        """For people: "At 02:30 every day"."""
        return CronSim(self._fields, datetime(2000, 1, 1, tzinfo=UTC)).explain()

    def next_after(self, time: datetime) -> datetime:
        """The first time later than `time`."""
        return next(CronSim(self._fields, time))

    def last_until(self, time: datetime) -> datetime:
        """The last time that is not later than `time`."""
        return next(CronSim(self._fields, time.replace(second=59), reverse=True))

    def count(self, first: datetime, last: datetime) -> int:
        """How many times there are from `first`, which is one, to `last`; `COUNTED` stands for that many or more."""
        later = takewhile(lambda time: time <= last, CronSim(self._fields, first))
        return 1 + sum(1 for _ in islice(later, COUNTED - 1))

    @property
    def _fields(self) -> str:
        return SHORT.get(self.expression.lower(), self.expression)
