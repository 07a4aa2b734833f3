"""From a document to Markdown. Knows neither the portal's database nor its pages: paths in, paths out.

`kinds` says what a file is, `converting` turns it into Markdown, `child` has that done in a process of its own, with
limits, `failures` has the sentence and the fix for all that can go wrong, `rendering` makes a page of Markdown.
"""
