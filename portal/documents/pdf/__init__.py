"""PDF to Markdown.

A PDF knows no paragraphs, columns or tables, only letters, each at a place of a page. What they form is found out here:

`checks` refuses what can't be converted; `reading` takes words, drawn lines and images from a page, `recognising` has
words recognised where there are only images; `layout` orders the words of a page into columns, lines and paragraphs,
`tables` into tables; `structure` looks at all pages at once: running heads, headings, lists, footnotes, what goes on
overleaf; `writing` makes Markdown of it. `assembling` calls these in turn, `converting` is the whole way.
"""

from portal.documents.pdf.converting import convert

__all__ = ["convert"]
