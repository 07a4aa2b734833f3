"""An app for each test, without compiling its addresses again for each."""

from __future__ import annotations

from werkzeug.routing.rules import Rule

COMPILED = ("_parts", "_trace", "_converters", "arguments")
"""What Werkzeug finds out about a rule and only reads afterwards."""


def compile_once() -> None:
    """Let all apps of this process share what Werkzeug makes of an address.

    It takes each apart by regular expressions and writes a Python function for it: two hundred of them, which takes
    most of the time that an app takes, for three thousand tests. What is made is the same for the same rule.
    """
    made: dict[tuple[object, ...], Rule] = {}
    compile_anew = Rule.compile

    def compile_rule(rule: Rule) -> None:
        converters = tuple(rule.map.converters.values())
        key = (type(rule), rule.rule, rule.subdomain, rule.host, str(rule.defaults), rule.merge_slashes, converters)
        like = made.get(key)
        if like is None:
            compile_anew(rule)
            made[key] = rule
            return
        for name in COMPILED:
            setattr(rule, name, getattr(like, name))
        for name in ("_build", "_build_unknown"):
            setattr(rule, name, getattr(like, name).__func__.__get__(rule))

    Rule.compile = compile_rule  # type: ignore[method-assign]
