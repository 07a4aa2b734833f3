"""reStructuredText, by way of the HTML that docutils makes of it. Nothing is included from other files, and nothing is
passed on raw."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, ClassVar

from portal.documents import failures
from portal.documents.converting import Markdown, Source
from portal.documents.failures import ConversionFailed
from portal.documents.texts import html
from portal.documents.texts.decoding import text_of

if TYPE_CHECKING:
    from docutils import nodes

_SETTINGS: dict[str, Any] = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 5,  # mistakes aren't written into the text,
    "halt_level": 6,  # and none of them ends the conversion
    "_disable_config": True,
    "doctitle_xform": False,
    "initial_header_level": 1,
    "embed_stylesheet": False,
    "syntax_highlight": "none",
    "math_output": "LaTeX",
    "output_encoding": "unicode",
    "line_length_limit": 1_000_000,
}
_DIRECTIVE = re.compile(r"^[ \t]*\.\. ([A-Za-z][\w:.+-]*?)::(?:\s|$)", re.MULTILINE)
_ROLE = re.compile(r":([A-Za-z][\w:.+-]*):`")
_LITERAL = re.compile(r'<span class="docutils literal">(.*?)</span>', re.DOTALL)
_CODE = re.compile(r'<pre class="code (?!literal-block)(\S+) literal-block"><code>')


def convert(source: Source) -> Markdown:
    """Headings, paragraphs, lists, tables, links, code and footnotes. Directives and roles that only Sphinx knows give
    their text. Raises ConversionFailed."""
    text = text_of(source.path)
    markdown = html.of_page(_html(text))
    if not markdown.strip():
        raise ConversionFailed(failures.EMPTY)
    return Markdown(markdown)


def _html(text: str) -> str:
    from docutils.core import publish_string

    _know(set(_DIRECTIVE.findall(text)), set(_ROLE.findall(text)))
    made = publish_string(text, writer="html5", settings_overrides=_SETTINGS)
    page = _LITERAL.sub(r"<code>\1</code>", str(made))
    return _CODE.sub(r'<pre><code class="language-\1">', page).replace("<aside", "<div").replace("</aside>", "</div>")


def _know(directives_used: set[str], roles_used: set[str]) -> None:
    from docutils.parsers.rst import Directive, directives, roles
    from docutils.parsers.rst.languages import en

    class Unknown(Directive):
        """Gives its argument and its content."""

        optional_arguments = 1
        final_argument_whitespace = True
        has_content = True
        option_spec: ClassVar = defaultdict(lambda: directives.unchanged, {"class": directives.unchanged})

        def run(self) -> list[nodes.Node]:
            return _argument_and_content(self)

    for name in directives_used - set(en.directives):
        directives.register_directive(name, Unknown)
    for name in roles_used - set(en.roles):
        roles.register_local_role(name, _text_of_role)  # type: ignore[arg-type] # the stubs know only roles that make links


def _argument_and_content(directive: Any) -> list[nodes.Node]:
    from docutils import nodes

    container = nodes.container()
    for line in "".join(directive.arguments).splitlines():
        container += nodes.paragraph("", line)
    directive.state.nested_parse(directive.content, directive.content_offset, container)
    return [container]


def _text_of_role(_name: str, _raw: str, text: str, *_: Any, **__: Any) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """Sphinx writes `text <target>`, and `~package.name` for a name without its package."""
    from docutils import nodes

    shown = text.partition(" <")[0].replace("\0", "\\")
    return [nodes.Text(shown.rpartition(".")[2] if shown.startswith("~") else shown)], []
