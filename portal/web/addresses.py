"""What the addresses of pages are made of."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.routing import BaseConverter, IntegerConverter, Rule


class IdConverter(IntegerConverter):
    """A number that may be an id: PostgreSQL's `integer` holds any of nine digits, and refuses to look for larger ones.

    The limit is in the pattern: one on the value is asked for too late, and an address that fits no rule would be told
    that only its method is wrong.
    """

    regex = r"[1-9]\d{0,8}"
    highest = 10**9 - 1


class RowConverter(IntegerConverter):
    """A number that may be that of a row."""

    regex = r"[1-9]\d{0,17}"
    highest = 10**18 - 1


class PublicIdConverter(BaseConverter):
    """What may be the id of a file or a job, such as `file-` with a UUID."""

    regex = r"[A-Za-z0-9-]{1,41}"


class LazyRule(Rule):
    """Compiles how addresses are built of it when the first one is. Werkzeug does so for all rules when an app is made:
    that was three quarters of the time, and most processes build few addresses or none."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled: list[Callable[..., tuple[str, str]]] = []

        def build(rule: Rule, **values: object) -> tuple[str, str]:
            if not compiled:
                compiled.append(Rule._compile_builder(self, append_unknown))
            return compiled[0](rule, **values)

        return build
