"""Words by which headings are told apart; English mostly, as elsewhere."""

from __future__ import annotations

from portal.alignment.generating.reading.word_lists import phrases, words

GENERIC_HEADINGS = words("""
    about abstract advanced aims answer answers appendix background basics benefits body caveats changes
    comments conclusion conclusions contact cover definition definitions description details discussion
    documentation errors example examples exceptions faq features foreword general glossary goals highlights
    history how important info information instructions intro introduction limitations main methods misc
    miscellaneous motivation note notes notice objective objectives options other output overview parameters
    preface prerequisites procedure purpose question questions readme remarks requirements result results
    returns scope settings setup solution steps summary syntax table terms tips title troubleshooting untitled
    usage values warning warnings welcome what why
""") | phrases("""
    front cover, back cover, front matter, general information, key points, how it works, more information, next
    steps, what next, before you begin, getting started, at a glance, in brief, good to know, the basics, things
    to know
""")
"""They say something only together with what they belong to."""

REGISTERS = phrases("""
    contents, table of contents, toc, index, references, bibliography, works cited, external links, list of
    figures, list of tables, table of figures, citations, see also, on this page, in this article, sources,
    literature cited, navigation, links, further reading, inhalt, inhaltsverzeichnis, literatur,
    literaturverzeichnis, sommaire, índice
""")
"""Sections that say where things are."""
