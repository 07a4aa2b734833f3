"""An app for each test, without compiling its addresses again for each."""

from __future__ import annotations

from typing import Any

from werkzeug.routing.rules import Rule


def compile_once() -> None:
    """Let all apps of this process share what Werkzeug makes of an address.

    It writes a Python function for each, and compiles it: two hundred of them, which takes three quarters of the time
    that an app takes, for two thousand tests. A function is the same for the same rule: what differs between apps it
    finds through the rule that it is bound to.
    """
    made: dict[tuple[Any, ...], Any] = {}
    compile_anew = Rule._compile_builder

    def compile_builder(rule: Rule, append_unknown: bool = True) -> Any:
        converters = tuple((name, type(converter)) for name, converter in rule._converters.items())
        key = (rule.rule, rule.subdomain, str(rule.defaults), append_unknown, converters)
        if key not in made:
            made[key] = compile_anew(rule, append_unknown)
        return made[key]

    Rule._compile_builder = compile_builder  # type: ignore[method-assign,assignment]
