"""HTML to Markdown: `pages` finds the content of a page and cleans it, `notes` its footnotes, `markup` reads the tags
of what is left, `writing` and `inline` write it. `depth` keeps pages away from parsers that they would choke."""

from portal.documents.texts.html.pages import convert, of_fragment, of_page

__all__ = ["convert", "of_fragment", "of_page"]
