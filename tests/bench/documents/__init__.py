"""How good and how fast documents become Markdown: made documents whose Markdown is known, and real ones.

`model` is a document as such, `composing` makes one from a seed, `markdown` says what it should become, `writers` make
files of it, `corpus` keeps those files, `quality` compares, `score` prints, `measuring` is what `make bench` runs.
"""
